"""The description of the catalogue's routes."""

from typing import Any

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_INT: Schema = {"type": "integer"}


def signal_paths() -> Schema:
    """Return the paths of the signal catalogue and of issues."""
    equipment = {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    about = {"signals": "Signals of a place and how far to trust them", "issues": "Findings as issues of their owners"}
    paths = {f"/api/v1/{name}": {"get": _get(name, summary, [equipment])} for name, summary in about.items()}
    return {**paths, "/api/v1/sources": {"get": _get("sources", "Who speaks for the machines, and how that goes", [])}}


def _get(name: str, summary: str, parameters: list[Schema]) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name.capitalize()}"}}}
    refused = {str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 503)}
    return {
        "operationId": f"get{name.capitalize()}",
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": summary, "content": answer}, **refused},
    }


def _list(properties: Schema, required: str) -> Schema:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": required.split()}}


_SIGNAL: Schema = {
    "machine": _TEXT,
    "signal": _TEXT,
    "meaning": _TEXT,
    "unit": _TEXT,
    "owner": _MAYBE_TEXT,
    "rules": {"type": "object"},
    "lineage": {"type": "object"},
    "state": {"type": "string", "enum": ["fine", "broken", "silent", "never"]},
    "broken": _MAYBE_TEXT,
    "detail": _TEXT,
    "heard": _MAYBE_INT,
    "value": {},
    "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
}
_ISSUE: Schema = {
    **dict.fromkeys(("equipment", "rule", "detail"), _TEXT),
    **dict.fromkeys(("signal", "owner", "accepted_by", "closed_by", "cause"), _MAYBE_TEXT),
    **dict.fromkeys(("since", "until", "due", "times"), _INT),
    "state": {"type": "string", "enum": ["open", "accepted", "closed"]},
    "overdue": {"type": "boolean"},
    "closed_at": _MAYBE_INT,
}
_SOURCE: Schema = {
    **dict.fromkeys(("source", "gateway", "url"), _TEXT),
    **dict.fromkeys(("owner", "problem"), _MAYBE_TEXT),
    "machines": {"type": "array", "items": _TEXT},
    "state": {"type": "string", "enum": ["fine", "away", "absent"]},
    "at": _MAYBE_INT,
    "figures": {"type": "object", "additionalProperties": {"type": "number"}},
}
SCHEMAS: Schema = {
    "Sources": {
        "type": "object",
        "properties": {"at": _INT, "refused": _INT, "sources": _list(_SOURCE, "source gateway state machines")},
        "required": ["at", "refused", "sources"],
    },
    "Signals": {
        "type": "object",
        "properties": {"at": _MAYBE_INT, "signals": _list(_SIGNAL, "machine signal state score")},
        "required": ["at", "signals"],
    },
    "Issues": {
        "type": "object",
        "properties": {"issues": _list(_ISSUE, "equipment rule state since due")},
        "required": ["issues"],
    },
}
"""Shapes of what the catalogue answers."""
