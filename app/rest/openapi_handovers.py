"""The description of the handovers' route."""

from typing import Any

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}


def handover_paths() -> Schema:
    """Return the path of signed handovers."""
    summary = "What shifts left for the next one, as signed; newest first, at most fifty"
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Handovers"}}}
    refused = {str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 503)}
    equipment = {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    get = {
        "operationId": "getHandovers",
        "summary": summary,
        "parameters": [equipment],
        "responses": {"200": {"description": summary, "content": answer}, **refused},
    }
    return {"/api/v1/handovers": {"get": get}}


def _list(properties: Schema) -> Schema:
    items = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "array", "items": items}


_HANDOVER: Schema = {
    **dict.fromkeys(("line", "shift", "signed_by", "note"), _TEXT),
    **dict.fromkeys(("from", "to", "signed_at"), _INT),
    "sentences": _list({**dict.fromkeys(("key", "group", "text"), _TEXT), "fields": {"type": "object"}}),
    "addenda": _list({"at": _INT, "by": _TEXT, "text": _TEXT}),
    "read_by": {"type": "array", "items": _TEXT},
}
SCHEMAS: Schema = {
    "Handovers": {"type": "object", "properties": {"handovers": _list(_HANDOVER)}, "required": ["handovers"]}
}
"""Shapes of what it answers."""
