"""The body of POST /events -> raw events: one object, an array, JSON lines, or CSV with the fields as columns."""

import csv
import io
import json
import zlib
from collections.abc import Iterator

import msgspec

from app.auth.guard import Invalid
from app.domain.events.codec import shift_names
from app.rest.limits import MOST_BYTES, MOST_EVENTS, TooLarge

JSON_TYPES = ("application/json", "application/x-ndjson", "application/jsonl", "application/x-jsonlines")
CSV_TYPE = "text/csv"
GZIP_MAGIC = b"\x1f\x8b"
"""No JSON and no CSV begins so: a packed body is known by it, whatever its headers say."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TIMES = ("t", "made_at", "due", "from", "to", "was", "said_at")
_INTEGERS = frozenset([*_TIMES, "seq", "good", "reject", "rework", "quantity"])
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_one = msgspec.json.Decoder(msgspec.Raw)


class UnknownType(Invalid):
    """The content type is none of ours."""


def raw_events(body: bytes, content_type: str) -> list[bytes]:
    """Return the events of a body, each as its own bytes, unread. Raises Invalid, UnknownType, TooLarge."""
    if body.startswith(GZIP_MAGIC):
        body = _unpacked(body)
    if content_type == CSV_TYPE:
        found = list(_from_csv(body))
    elif content_type in JSON_TYPES:
        found = _from_json(body)
    else:
        raise UnknownType(f"content type {content_type or 'none'}: must be one of {', '.join((*JSON_TYPES, CSV_TYPE))}")
    if len(found) > MOST_EVENTS:
        raise TooLarge(f"{len(found)} events: at most {MOST_EVENTS} in one request")
    return found


def _unpacked(body: bytes) -> bytes:
    """Return what a gzip body holds, never more of it in memory than one request may carry."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise Invalid(f"the body begins as gzip and is none: {error}") from error
    if unpacker.unconsumed_tail:
        raise TooLarge(f"the body unpacks to more than {MOST_BYTES} bytes")
    if not unpacker.eof:
        raise Invalid("the gzip body ends before its end")
    return found


def _from_json(body: bytes) -> list[bytes]:
    body = body.removeprefix(BYTE_ORDER_MARK)
    start = body.lstrip()[:1]
    if not start:
        raise Invalid("the body is empty: send one event, an array of events, or one event a line")
    try:
        if start == b"[":
            return [bytes(raw) for raw in _raws.decode(body)]
        return [bytes(_one.decode(body))]
    except (msgspec.DecodeError, RecursionError) as error:
        if start == b"[":
            raise Invalid(f"the array is not JSON: {error}") from error
        return [line for line in body.splitlines() if line.strip()]


def _from_csv(body: bytes) -> Iterator[bytes]:
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        for row in rows:
            yield json.dumps({k: _cell(k, v) for k, v in row.items() if k and v}).encode()
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"the body is not CSV in UTF-8: {error}") from error


def _cell(name: str, value: str) -> object:
    if name in _INTEGERS:
        try:
            return int(value)
        except ValueError:
            return value
    if name == "shifts":
        return shift_names(value)
    if name == "planned":
        return {"true": True, "false": False}.get(value.lower(), value)
    return value
