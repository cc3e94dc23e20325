"""Board <-> JSON bytes for the push channel: encoded once by the engine, painted by browsers, added up by areas."""

import msgspec

from app.boards.area import AreaBoard
from app.boards.line import Counted, LineBoard, MachineTile
from app.domain.accounting.buckets import Components

SCHEMA = 1
"""Rises when a field changes its meaning or leaves; new fields with defaults do not raise it."""

_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(LineBoard)
_area_decoder = msgspec.json.Decoder(AreaBoard)
_schema_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


class BadBoard(ValueError):
    """The bytes are no board of this schema; the text says what they are. A newer engine writes a fresh one soon."""


def encode(board: LineBoard | AreaBoard) -> bytes:
    """Return the board as JSON, fields by name."""
    return _encoder.encode(board)


def decode_line(raw: bytes) -> LineBoard:
    """Return the line board in `raw`. Raises BadBoard."""
    _check_schema(raw)
    try:
        return _line_decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise BadBoard(f"not a line board: {error}") from error


def decode_area(raw: bytes) -> AreaBoard:
    """Return the area board in `raw`. Raises BadBoard."""
    _check_schema(raw)
    try:
        return _area_decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise BadBoard(f"not an area board: {error}") from error


def _check_schema(raw: bytes) -> None:
    try:
        schema = _schema_decoder.decode(raw).get("schema")
    except msgspec.DecodeError as error:
        raise BadBoard(f"not JSON: {error}") from error
    if schema is None or bytes(schema) != str(SCHEMA).encode():
        found = "none" if schema is None else bytes(schema).decode()
        raise BadBoard(f"board schema {found}, this program reads {SCHEMA}")


def components_dict(components: Components) -> dict[str, object]:
    """Return components as a board carries them: integers by name, `buckets_ms` a list indexed by Bucket."""
    shown: dict[str, object] = {name: getattr(components, name) for name in Components.__slots__}
    shown["buckets_ms"] = list(components.buckets_ms)
    return shown


def components_of(board: LineBoard | AreaBoard | MachineTile | Counted) -> Components:
    """Return the components a board carries, to be added and divided once."""
    return msgspec.convert(board.components, Components)
