"""The description of the routes of messages."""

from typing import Any

from app.boards.messages import STATES
from app.rest.limits import LARGEST_PAGE, USUAL_PAGE

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_INT: Schema = {"type": ["integer", "null"]}
_STATE: Schema = {"type": "string", "enum": list(STATES)}


def message_paths() -> Schema:
    """Return the paths of messages."""
    return {
        "/api/v1/messages": {"get": _list()},
        "/api/v1/messages/{key}/again": {"post": _do("sendMessageAgain", "Send a dead message again")},
        "/api/v1/messages/{key}/drop": {"post": _do("dropMessage", "Give up a message that waits to be sent")},
    }


def _list() -> Schema:
    about = "What goes out to people and systems, newest first"
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE}
    parameters = [
        {"name": "state", "in": "query", "schema": _STATE},
        {"name": "lang", "in": "query", "schema": _TEXT, "description": "of the words; English otherwise"},
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "cursor", "in": "query", "schema": _TEXT, "description": "`next` of the page before"},
    ]
    ref = {"$ref": "#/components/schemas/Messages"}
    answer = {"application/json": {"schema": ref}, "text/csv": {"schema": _TEXT}}
    return {
        "operationId": "getMessages",
        "summary": about,
        "parameters": parameters,
        "responses": {"200": {"description": about, "content": answer}, **_refused(400, 401, 403, 503)},
    }


def _do(name: str, summary: str) -> Schema:
    done = {"application/json": {"schema": {"$ref": "#/components/schemas/AlertDone"}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{"name": "key", "in": "path", "required": True, "schema": _TEXT}],
        "responses": {"200": {"description": summary, "content": done}, **_refused(401, 403, 404, 409, 503)},
    }


def _refused(*codes: int) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(code): {"description": "Refused", "content": problem} for code in codes}


_MESSAGE: Schema = {
    **dict.fromkeys(("key", "channel", "kind", "equipment", "about"), _TEXT),
    **dict.fromkeys(("to", "target", "answer"), _MAYBE_TEXT),
    **dict.fromkeys(("created", "attempts"), _INT),
    **dict.fromkeys(("next_at", "sent_at"), _MAYBE_INT),
    "state": _STATE,
    "may_have_arrived": {"type": "boolean"},
}
SCHEMAS: Schema = {
    "Messages": {
        "type": "object",
        "properties": {
            "messages": {
                "type": "array",
                "items": {"type": "object", "properties": _MESSAGE, "required": sorted(_MESSAGE)},
            },
            "next": _MAYBE_TEXT,
        },
        "required": ["messages", "next"],
    }
}
"""Shapes of what messages answer."""
