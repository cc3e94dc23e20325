"""The description of the schedule's routes."""

from typing import Any

from app.domain.decisions.demand import MOST_PRIORITY, MOST_ROWS, MOST_UNITS, STATES

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_TIME: Schema = {"type": ["integer", "string"], "description": "UTC milliseconds or ISO 8601, local without a zone"}


def demand_paths() -> Schema:
    """Return the paths of demand and schedule."""
    site = {"name": "site", "in": "query", "schema": _TEXT}
    return {
        "/api/v1/demand": {
            "get": _asked("getDemand", "What is wanted, by due time", "Demand", []),
            "post": {**_asked("postDemand", "Take orders; wrong rows are answered", "DemandTaken", []), **_body()},
        },
        "/api/v1/schedule": {"get": _asked("getSchedule", "The plan of a site", "Schedule", [site])},
    }


def _body() -> Schema:
    rows: Schema = {"type": "array", "maxItems": MOST_ROWS, "items": {"$ref": "#/components/schemas/Wanted"}}
    csv = {"schema": {"type": "string", "description": "a header and a row an order"}}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": rows}, "text/csv": csv}}}


def _asked(name: str, summary: str, schema: str, parameters: list[Schema]) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    codes = (400, 401, 403, 404, 413, 415, 503)
    refused = {str(code): {"description": "Refused", "content": problem} for code in codes}
    answer = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": summary, "content": answer}, **refused},
    }


def _object(properties: Schema, required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": required.split()}


_KNOWN: Schema = {
    **dict.fromkeys(("order", "product", "place", "source", "by"), _TEXT),
    **dict.fromkeys(("quantity", "due", "priority", "version", "at"), _INT),
    "earliest": _MAYBE_INT,
    "kind": {"type": "string", "enum": ["order", "forecast"]},
    "state": {"type": "string", "enum": list(STATES)},
}
_WANTED: Schema = {
    **dict.fromkeys(("order", "product", "place"), _TEXT),
    "quantity": {"type": "integer", "minimum": 1, "maximum": MOST_UNITS},
    "due": _TIME,
    "earliest": _TIME,
    "priority": {"type": "integer", "minimum": 1, "maximum": MOST_PRIORITY},
    "kind": _KNOWN["kind"],
    "state": {"type": "string", "enum": ["open", "cancelled"]},
}
_WRONG = _object({"row": _INT, "column": _TEXT, "detail": _TEXT}, "row column detail")
_PLAN: Schema = {
    **dict.fromkeys(("plan", "accepted_at", "predicted_at"), _MAYBE_INT),
    **dict.fromkeys(("state", "accepted_by"), _MAYBE_TEXT),
    "site": _TEXT,
    "stale": {"type": "boolean"},
    "runs": {"type": "array", "items": {"type": "object"}},
    "risks": {"type": "array", "items": {"type": "object"}},
}
DEMAND_SCHEMAS: Schema = {
    "Wanted": _object(_WANTED, "order product quantity due"),
    "Demand": _object({"demand": {"type": "array", "items": _object(_KNOWN, "order product due state")}}, "demand"),
    "DemandTaken": _object(
        {**dict.fromkeys(("new", "changed", "same"), _INT), "wrong": {"type": "array", "items": _WRONG}},
        "new changed same wrong",
    ),
    "Schedule": _object(_PLAN, "site plan runs risks"),
}
"""Shapes of what is sent and answered."""
