"""The description of the routes of alerts, from the very shapes that read their bodies."""

from typing import Any

import msgspec

from app.domain.alerts.lifecycle import HIDDEN
from app.rest.alerts import STATES, Judged, Outage, Seen, Shelf, Spot
from app.rest.limits import LARGEST_PAGE, USUAL_PAGE

Schema = dict[str, Any]
_SHAPES = (Seen, Shelf, Judged, Spot, Outage)
_BODIES, BODIES = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_INT: Schema = {"type": "integer"}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_BOOL: Schema = {"type": "boolean"}


def alert_paths() -> Schema:
    """Return the paths of alerts."""
    seen, shelf, judged, spot, outage = _BODIES
    return {
        "/api/v1/alerts": {"get": _list()},
        "/api/v1/alerts/ended": {"get": _ended()},
        "/api/v1/alerts/hidden": {"get": _hidden()},
        "/api/v1/alerts/unshelve": {"post": _say("unshelveAlert", "Show a shelved alarm again", spot)},
        "/api/v1/alerts/out-of-service": {"post": _say("takeAlertOut", "Let a rule not speak about equipment", outage)},
        "/api/v1/alerts/in-service": {"post": _say("bringAlertBack", "Let a rule speak again", spot)},
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


def _ended() -> Schema:
    instant = {"type": "string", "description": "UTC milliseconds or ISO 8601"}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE}
    more = [
        {"name": "from", "in": "query", "schema": instant},
        {"name": "to", "in": "query", "schema": instant},
        {"name": "lang", "in": "query", "schema": _TEXT, "description": "of the sentences; English otherwise"},
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "cursor", "in": "query", "schema": _TEXT, "description": "`next` of the page before"},
    ]
    return _got("getEndedAlerts", "Alerts that ended in a window, oldest end first", "EndedAlerts", more)


def _hidden() -> Schema:
    return _got("getHiddenAlerts", "Alarms that are off the screen: shelved, suppressed, out of service", "Hidden", [])


def _got(name: str, about: str, shape: str, more: list[Schema]) -> Schema:
    place = {"name": "equipment", "in": "query", "schema": {"type": "string", "minLength": 1, "maxLength": 400}}
    answer = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}},
        "text/csv": {"schema": _TEXT},
    }
    return {
        "operationId": name,
        "summary": about,
        "parameters": [place, *more],
        "responses": {"200": {"description": about, "content": answer}, **_refused(400, 401, 403, 404, 503)},
    }


def _say(name: str, summary: str, body: Schema) -> Schema:
    return {**_do(name, summary, body), "parameters": []}


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
    **dict.fromkeys(("acknowledged_at", "returned_at", "ended_at", "next_told_at"), _MAYBE_INT),
    **dict.fromkeys(("sounding", "held_back"), _BOOL),
    "state": {"type": "string", "enum": list(STATES)},
}
_OFF: Schema = {
    **dict.fromkeys(("rule", "equipment"), _TEXT),
    **dict.fromkeys(("reason", "by"), _MAYBE_TEXT),
    **dict.fromkeys(("since", "version"), _INT),
    **dict.fromkeys(("until", "alert"), _MAYBE_INT),
    "state": {"type": "string", "enum": sorted(state.value for state in HIDDEN)},
}


def _rows(key: str, row: Schema, **more: Schema) -> Schema:
    items = {"type": "object", "properties": row, "required": sorted(row)}
    properties = {key: {"type": "array", "items": items}, **more}
    return {"type": "object", "properties": properties, "required": list(properties)}


SCHEMAS: Schema = {
    **BODIES,
    "EndedAlerts": _rows("alerts", _ALERT, next=_MAYBE_TEXT),
    "Hidden": _rows("hidden", _OFF, at=_INT),
    "Alerts": _rows("alerts", _ALERT, at=_INT),
    "AlertDone": {"type": "object", "properties": {"done": _TEXT}, "required": ["done"]},
}
"""Shapes of what alerts answer and read."""
