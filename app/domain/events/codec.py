"""Event <-> bytes: JSON, so that people can read a stream with redis-cli."""

from typing import get_args

import msgspec

from app.domain.events.contract import LATEST, Event

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_batch_decoder: msgspec.json.Decoder[list[Event]] = msgspec.json.Decoder(list[Event])
_encoder = msgspec.json.Encoder()
KINDS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Event))


class MalformedEvent(ValueError):
    """The bytes are not an event of the contract; the text says which field and what would be right."""


def decode(raw: bytes | str) -> Event:
    """Return the event in `raw`. Raises MalformedEvent with the field and the reason."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEvent(_in_words(str(error))) from error


def _in_words(error: str) -> str:
    """Return the decoder's complaint with what would be right, where it does not say so itself."""
    if error.endswith("`$.kind`"):
        return f"{error}: must be one of {', '.join(KINDS)}"
    return error.replace(f"Expected `int` <= {LATEST}", "later than the year 9999: must be UTC milliseconds")


def decode_joined(body: bytes, count: int) -> list[Event]:
    """Return the events of `count` entries joined by commas at once (one decoder call: the hot path).

    Raises MalformedEvent if any of them is malformed; the caller then decodes one by one to find it.
    """
    try:
        events = _batch_decoder.decode(b"[%b]" % body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEvent(str(error)) from error
    if len(events) != count:
        raise MalformedEvent("an entry holds more than one JSON value")
    return events


def shift_names(cell: str) -> list[str]:
    """Return the names in a CSV cell of `shifts`: `early|late`; `-` for none opened."""
    return [] if cell.strip() == "-" else [name.strip() for name in cell.split("|")]


def encode(event: Event) -> bytes:
    """Return the JSON of `event`, one line, fields in the contract's order."""
    return _encoder.encode(event)
