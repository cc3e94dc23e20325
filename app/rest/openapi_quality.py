"""The description of the quality route."""

from typing import Any

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_INT: Schema = {"type": "integer"}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_NUMBER: Schema = {"type": "number"}


def quality_paths() -> Schema:
    """Return the path of quality."""
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Quality"}}}
    refused = {str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 503)}
    summary = "A control chart with the rules that fired, what explains rejects, adjustments"
    return {
        "/api/v1/quality": {
            "get": {
                "operationId": "getQuality",
                "summary": summary,
                "parameters": [
                    {
                        "name": "equipment",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "string", "minLength": 1},
                    },
                    {"name": "chart", "in": "query", "schema": {"type": "string", "default": "rejects"}},
                ],
                "responses": {"200": {"description": summary, "content": answer}, **refused},
            }
        }
    }


def _list(properties: Schema) -> Schema:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(properties)}}


_POINT: Schema = {"t": _INT, **dict.fromkeys(("value", "centre", "low", "high", "sigma"), _NUMBER), "n": _INT}
_CHART: Schema = {
    "kind": {"type": "string", "enum": ["i", "mr", "xbar", "r", "p", "u"]},
    "baseline": _INT,
    "points": _list(_POINT),
}
_FIRED: Schema = {"rule": _TEXT, "at": {"type": "array", "items": _INT}}
_CAUSE: Schema = {
    **dict.fromkeys(("machine", "signal"), _TEXT),
    **dict.fromkeys(("strength", "p"), _NUMBER),
    **dict.fromkeys(("lag_ms", "n"), _INT),
    "explains": {"type": "boolean"},
}
_ADJUSTMENT: Schema = {
    **dict.fromkeys(("id", "machine", "signal", "unit", "suggestion"), _TEXT),
    **dict.fromkeys(("from", "to"), _NUMBER),
    "state": {"type": "string", "enum": ["open", "write_asked", "writing", "done", "dropped", "gone_back"]},
    "steps": {"type": "array", "items": {"type": "object"}},
    "effect": {"type": ["object", "null"]},
}
SCHEMAS: Schema = {
    "Quality": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("line", "machine", "chart", "unit"), _TEXT),
            "at": _INT,
            "product": _MAYBE_TEXT,
            "risen_at": _MAYBE_INT,
            "charts": _list(_CHART),
            "fired": _list(_FIRED),
            "capability": {"type": ["object", "null"]},
            "causes": _list(_CAUSE),
            "adjustments": _list(_ADJUSTMENT),
        },
        "required": ["line", "machine", "chart", "at", "charts", "fired", "causes", "adjustments"],
    }
}
