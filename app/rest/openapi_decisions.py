"""The description of the routes of decisions."""

from typing import Any

import msgspec

from app.domain.suggestion import FLOWS, VERDICTS
from app.rest.decisions import DecisionBody

Schema = dict[str, Any]
_BODIES, _COMPONENTS = msgspec.json.schema_components((DecisionBody,), ref_template="#/components/schemas/{name}")
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE: Schema = {"type": ["number", "null"]}
_INT: Schema = {"type": "integer"}


def decision_paths() -> Schema:
    """Return the paths of decisions."""
    equipment = {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    about = "Suggestions somebody may decide, best first, and what was decided lately"
    lang = {"name": "lang", "in": "query", "schema": {"type": "string"}, "description": "of said, why and steps"}
    listed: Schema = {"operationId": "getDecisions", "summary": about, "parameters": [equipment, lang]}
    content = _content("Decisions") | {"text/csv": {"schema": _TEXT}}
    listed["responses"] = {"200": {"description": about, "content": content}, **_refused(400, 401, 403, 404, 503)}
    decided = "Decide about a suggestion; what is accepted is carried out once"
    body = {"required": True, "content": {"application/json": {"schema": _BODIES[0]}}}
    posted: Schema = {"operationId": "postDecision", "summary": decided, "requestBody": body}
    answers = {"200": {"description": decided, "content": _content("Decided")}}
    posted["responses"] = {**answers, **_refused(400, 401, 403, 404, 409, 413, 503)}
    return {"/api/v1/decisions": {"get": listed, "post": posted}}


def _content(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _refused(*codes: int) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(code): {"description": "Refused", "content": problem} for code in codes}


_ROW: Schema = {
    **dict.fromkeys(("key", "rule", "equipment", "title", "said", "why", "action"), _TEXT),
    "steps": {"type": "array", "items": _TEXT},
    "flow": {"type": "string", "enum": list(FLOWS)},
    "state": {"type": "string", "enum": ["open", *VERDICTS]},
    "since": _INT,
    "fields": {"type": "object"},
    **dict.fromkeys(("by", "note", "reference"), _MAYBE_TEXT),
    "decided_at": {"type": ["integer", "null"]},
    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    **dict.fromkeys(("expected", "gain_low", "gain", "gain_high", "brought_low", "brought", "brought_high"), _MAYBE),
}
SCHEMAS: Schema = {
    **_COMPONENTS,
    "Decisions": {
        "type": "object",
        "properties": {
            "at": _INT,
            "decisions": {
                "type": "array",
                "items": {"type": "object", "properties": _ROW, "required": ["key", "state", "equipment", "title"]},
            },
        },
        "required": ["at", "decisions"],
    },
    "Decided": {
        "type": "object",
        "properties": {
            "key": _TEXT,
            "verdict": {"type": "string", "enum": list(VERDICTS)},
            "by": _TEXT,
            "at": _INT,
            **dict.fromkeys(("note", "reference", "problem"), _MAYBE_TEXT),
        },
        "required": ["key", "verdict", "by", "at", "reference", "problem"],
    },
}
"""Shapes of what decisions answer."""
