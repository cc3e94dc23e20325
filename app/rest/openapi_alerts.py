"""The description of the routes of alerts, from the very shapes that read their bodies."""

from typing import Any

import msgspec

from app.rest.alerts import STATES, Judged, Seen, Shelf

Schema = dict[str, Any]
_BODIES, BODIES = msgspec.json.schema_components((Seen, Shelf, Judged), ref_template="#/components/schemas/{name}")
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_INT: Schema = {"type": "integer"}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_BOOL: Schema = {"type": "boolean"}


def alert_paths() -> Schema:
    """Return the paths of alerts."""
    seen, shelf, judged = _BODIES
    return {
        "/api/v1/alerts": {"get": _list()},
        "/api/v1/alerts/{id}/acknowledge": {"post": _do("acknowledgeAlert", "Say that somebody knows", seen, False)},
        "/api/v1/alerts/{id}/shelve": {"post": _do("shelveAlert", "Take an alert off the screen for a while", shelf)},
        "/api/v1/alerts/{id}/judge": {"post": _do("judgeAlert", "Say what an alert was worth", judged)},
    }


def _list() -> Schema:
    about = "Alerts that have not ended, by priority and time"
    parameters = [
        {"name": "equipment", "in": "query", "schema": {"type": "string", "minLength": 1, "maxLength": 400}},
        {"name": "state", "in": "query", "schema": {"type": "string", "enum": list(STATES)}},
        {"name": "lang", "in": "query", "schema": _TEXT, "description": "of the sentences; English otherwise"},
    ]
    ref = {"$ref": "#/components/schemas/Alerts"}
    answer = {"application/json": {"schema": ref}, "text/csv": {"schema": _TEXT}}
    return {
        "operationId": "getAlerts",
        "summary": about,
        "parameters": parameters,
        "responses": {"200": {"description": about, "content": answer}, **_refused(400, 401, 403, 404, 503)},
    }


def _do(name: str, summary: str, body: Schema, is_needed: bool = True) -> Schema:
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    done = {"application/json": {"schema": {"$ref": "#/components/schemas/AlertDone"}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [number],
        "requestBody": {"required": is_needed, "content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": summary, "content": done}, **_refused(400, 401, 403, 404, 409, 413, 503)},
    }


def _refused(*codes: int) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(code): {"description": "Refused", "content": problem} for code in codes}


_ALERT: Schema = {
    **dict.fromkeys(("rule", "equipment", "priority", "owner", "title", "why", "response", "consequence"), _TEXT),
    **dict.fromkeys(("acknowledged_by", "next_told"), _MAYBE_TEXT),
    **dict.fromkeys(("id", "raised_at", "version"), _INT),
    **dict.fromkeys(("acknowledged_at", "returned_at", "next_told_at"), _MAYBE_INT),
    **dict.fromkeys(("sounding", "held_back"), _BOOL),
    "state": {"type": "string", "enum": list(STATES)},
}
SCHEMAS: Schema = {
    **BODIES,
    "Alerts": {
        "type": "object",
        "properties": {
            "at": _INT,
            "alerts": {
                "type": "array",
                "items": {"type": "object", "properties": _ALERT, "required": sorted(_ALERT)},
            },
        },
        "required": ["at", "alerts"],
    },
    "AlertDone": {"type": "object", "properties": {"done": _TEXT}, "required": ["done"]},
}
"""Shapes of what alerts answer and read."""
