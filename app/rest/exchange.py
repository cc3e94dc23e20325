"""A request's JSON body -> a typed value that every database can keep; a value -> a JSON answer."""

from typing import Annotated, Any

import msgspec
from flask import Response, request

from app.auth.guard import Invalid
from app.rest.limits import MOST_BYTES, TooLarge

LARGEST_NUMBER = 2**31 - 1
Number = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)]
"""A count, a version or the number of a row: what an SQL integer holds everywhere."""


def whole_body() -> bytes:
    """Return the body, all of it or none: Flask cuts one in chunks silently where the limit is. Raises TooLarge."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"the body has more than {MOST_BYTES} bytes")
    body = request.get_data()
    if request.content_length is None and len(body) >= MOST_BYTES:
        raise TooLarge(f"the body has {MOST_BYTES} bytes or more")
    return body


def decoded(shape: Any) -> Any:
    """Return the request's body as `shape`. Raises Invalid, TooLarge."""
    body = whole_body()
    try:
        found = msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(f"the body: {error}") from error
    if b"\\u0000" in body and "\x00" in _texts(msgspec.to_builtins(found)):
        raise Invalid("the body: text must not hold the character U+0000")
    return found


def as_json(found: object, status: int = 200) -> Response:
    """Return the answer that carries `found`."""
    return Response(msgspec.json.encode(found), status=status, content_type="application/json")


def _texts(found: object) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, dict):
        return "".join(map(_texts, found.values()))
    return "".join(map(_texts, found)) if isinstance(found, list) else ""
