"""The description of the routes of refused events and of the plant file's versions."""

from typing import Any

import msgspec

from app.rest.limits import LARGEST_PAGE
from app.rest.quarantine import LONGEST_LINE, MendBody, ReplayBody

Schema = dict[str, Any]
_BODIES, _COMPONENTS = msgspec.json.schema_components(
    (ReplayBody, MendBody), ref_template="#/components/schemas/{name}"
)
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_INT: Schema = {"type": "integer"}


def quarantine_paths() -> Schema:
    """Return the paths of refused events and of plant files."""
    line = {"type": "string", "minLength": 1, "maxLength": LONGEST_LINE}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 1000}
    listed = [
        {"name": "line", "in": "query", "required": True, "schema": line},
        {"name": "limit", "in": "query", "schema": limit},
    ]
    place = {"name": "equipment", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
    get = _operation("getQuarantine", "Refused events of a line, newest first", "Quarantine", parameters=listed)
    replay, mend = (
        _operation(name, summary, "Replayed", requestBody={"required": True, "content": _json(body)})
        for name, summary, body in (
            ("replayQuarantine", "Put refused events of one reason back, oldest first", _BODIES[0]),
            ("mendQuarantine", "Put one refused event back as it is right", _BODIES[1]),
        )
    )
    versions = _operation(
        "getPlantVersions",
        "Plant files that were in use, by whom, and what changed",
        "PlantVersions",
        parameters=[place],
    )
    return {
        "/api/v1/quarantine": {"get": get},
        "/api/v1/quarantine/replay": {"post": replay},
        "/api/v1/quarantine/mend": {"post": mend},
        "/api/v1/plant-versions": {"get": versions},
    }


def _operation(name: str, summary: str, answer: str, **more: object) -> Schema:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {
        str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 409, 413, 503)
    }
    content = _json({"$ref": f"#/components/schemas/{answer}"})
    done = {"200": {"description": summary, "content": content}}
    return {"operationId": name, "summary": summary, **more, "responses": {**done, **refused}}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _list(properties: Schema) -> Schema:
    items = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {"type": "array", "items": items}


def _whole(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


_REFUSED: Schema = {**dict.fromkeys(("id", "reason", "group", "event"), _TEXT), "at": _INT}
_CHANGE: Schema = {"key": _TEXT, "before": _MAYBE_TEXT, "after": _MAYBE_TEXT}
_VERSION: Schema = {
    "version": _TEXT,
    "at": _INT,
    "by": _MAYBE_TEXT,
    "note": _MAYBE_TEXT,
    "first": {"type": "boolean"},
    "changes": _list(_CHANGE),
    "more": _INT,
}
SCHEMAS: Schema = {
    **_COMPONENTS,
    "Quarantine": _whole({"line": _TEXT, "waiting": _INT, "refused": _list(_REFUSED)}),
    "Replayed": _whole({"replayed": _INT}),
    "PlantVersions": _whole({"versions": _list(_VERSION)}),
}
"""Shapes of what refused events and plant files answer."""
