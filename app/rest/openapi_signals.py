"""The description of the catalogue's routes."""

from typing import Any

import msgspec

from app.rest.signals import DisputeBody

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
    paths["/api/v1/issues"]["post"] = _dispute()
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


def _dispute() -> Schema:
    said = "Say that a figure or stop is not right: an issue of its owner"
    (body,), _ = msgspec.json.schema_components((DisputeBody,), ref_template="#/components/schemas/{name}")
    found = _get("disputed", said, [])
    refused = {code: answer for code, answer in found["responses"].items() if code != "200"}
    created = {"description": said, "content": found["responses"]["200"]["content"]}
    return {
        "operationId": "postIssue",
        "summary": said,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"201": created, **refused, "413": refused["400"]},
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
    "DisputeBody": msgspec.json.schema_components((DisputeBody,))[1]["DisputeBody"],
    "Disputed": {
        "type": "object",
        "properties": {**dict.fromkeys(("equipment", "rule", "by"), _TEXT), "at": _INT},
        "required": ["equipment", "rule", "by", "at"],
    },
    "Issues": {
        "type": "object",
        "properties": {"issues": _list(_ISSUE, "equipment rule state since due")},
        "required": ["issues"],
    },
}
"""Shapes of what the catalogue answers."""
