"""The description of the work orders' routes."""

from typing import Any

from app.domain.decisions.work import KINDS, STATES
from app.rest.exchange import LARGEST_NUMBER

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_INT: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
_TIME: Schema = {"type": "integer", "minimum": 0}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_TIME: Schema = {"type": ["integer", "null"], "minimum": 0}


def work_paths() -> Schema:
    """Return the paths of work orders."""
    equipment = {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    number = {"name": "number", "in": "path", "required": True, "schema": _INT}
    return {
        "/api/v1/work-orders": {
            "get": _route("getWorkOrders", "Work orders of a place", [equipment], ("200", "WorkOrders")),
            "post": _route("makeWorkOrder", "Make a work order", [], ("201", "WorkOrderNumber"), "NewWorkOrder"),
        },
        "/api/v1/work-orders/{number}": {
            "patch": _route("changeWorkOrder", "Move an order", [number], ("200", "WorkOrderNumber"), "WorkOrderPatch")
        },
    }


def _route(
    name: str, summary: str, parameters: list[Schema], answer: tuple[str, str], body: str | None = None
) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 409, 503)}
    found = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer[1]}"}}}
    route: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {answer[0]: {"description": summary, "content": found}, **refused},
    }
    if body is not None:
        schema = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
        route["requestBody"] = {"required": True, "content": schema}
    return route


_ORDER: Schema = {
    **dict.fromkeys(("number", "priority", "minutes", "version"), _INT),
    **dict.fromkeys(("made_at", "changed_at"), _TIME),
    **dict.fromkeys(("machine", "title", "why", "made_by"), _TEXT),
    **dict.fromkeys(("slot_from", "slot_to", "started_at", "done_at", "change_over_from"), _MAYBE_TIME),
    **dict.fromkeys(("code", "note", "suggestion", "stop", "external_id", "external_status"), _MAYBE_TEXT),
    "change_over": _MAYBE_TEXT,
    "state": {"type": "string", "enum": list(STATES)},
    "kind": {"type": "string", "enum": list(KINDS)},
}
WORK_SCHEMAS: Schema = {
    "WorkOrders": {
        "type": "object",
        "properties": {
            "work_orders": {"type": "array", "items": {"type": "object", "properties": _ORDER, "required": ["number"]}}
        },
        "required": ["work_orders"],
    },
    "WorkOrderNumber": {"type": "object", "properties": {"number": _INT}, "required": ["number"]},
    "NewWorkOrder": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("machine", "title", "why"), _TEXT),
            "priority": {"type": "integer", "minimum": 1, "maximum": 3},
            "kind": _ORDER["kind"],
            "minutes": _INT,
            **dict.fromkeys(("stop", "suggestion"), _MAYBE_TEXT),
        },
    },
    "WorkOrderPatch": {
        "type": "object",
        "properties": {
            "do": {"type": "string", "enum": ["plan", "start", "done", "cancel", "stop"]},
            **dict.fromkeys(("version", "minutes"), _INT),
            **dict.fromkeys(("code", "note", "stop"), _TEXT),
            **dict.fromkeys(("slot_from", "slot_to"), _MAYBE_TIME),
        },
        "required": ["do", "version"],
    },
}
"""Shapes of work orders."""
