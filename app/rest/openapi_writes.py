"""The description of the API's writing routes, from the very shapes that read their bodies."""

from typing import Any

import msgspec

from app.rest.corrections import LONGEST_KEY, CountsWrong, EpisodePatch, EpisodesMerge, OrderWrong, ShiftsWrong

Schema = dict[str, Any]
WRONG = (CountsWrong, OrderWrong, ShiftsWrong)
_BODIES, COMPONENTS = msgspec.json.schema_components(
    (EpisodePatch, EpisodesMerge, *WRONG), ref_template="#/components/schemas/{name}"
)


def write_paths() -> Schema:
    """Return the paths of what people put right."""
    patch, merge, *wrong = _BODIES
    tag = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
    tag |= {"description": "the episode's `etag` as GET /episodes gave it"}
    episode = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/api/v1/episodes/{id}": {
            "patch": _write(
                "patchEpisode", "Say what a stop or unknown time was, or split it", patch, [episode, tag], 428
            )
        },
        "/api/v1/episodes/merge": {
            "post": _write("mergeEpisodes", "Say that stops of one machine were one", merge, [])
        },
        "/api/v1/corrections": {
            "post": _write("postCorrection", "Put counts, order times or a date's shifts right", {"oneOf": wrong}, [])
        },
    }


def _write(name: str, summary: str, body: Schema, parameters: list[Schema], *more: int) -> Schema:
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": LONGEST_KEY}}
    key |= {"description": "sent twice with one key, it is taken once"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    receipt = {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
    refused = {
        str(code): {"description": "Refused", "content": problem} for code in (400, 401, 403, 404, 409, 413, *more, 503)
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*parameters, key],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"202": {"description": "On the line's stream", "content": receipt}, **refused},
    }
