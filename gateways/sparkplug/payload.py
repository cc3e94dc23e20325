"""Sparkplug B payloads: bytes <-> typed messages; which field of the wire is which value of which type."""

import math
from collections.abc import Sequence

import msgspec
from google.protobuf.message import DecodeError

from app.domain.events.contract import ValueStatus
from gateways.base import Scalar
from gateways.sparkplug.schema import WireMetric, WireProperties, new_payload

TEMPLATE = 19
BOOLEAN = 11
STRING = 12
TYPES = (
    "Unknown", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float", "Double", "Boolean",
    "String", "DateTime", "Text", "UUID", "DataSet", "Bytes", "File", "Template",
)  # fmt: skip
_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
_WHOLE = frozenset(range(1, 9)) | {13}
_WORDS = frozenset({STRING, 14, 15})
_GOOD, _UNCERTAIN = 192, 64
_LATEST = 253_402_300_799_999
_UNITS = frozenset({"engunit", "engineering units", "unit", "units"})


class BadPayload(ValueError):
    """Bytes that are no Sparkplug B payload; the text says what they are instead."""


class Metric(msgspec.Struct, frozen=True, gc=False):
    """One metric as it came. name: only births must have it; alias: stands for the name afterwards.

    t: UTC ms, None when it has none of its own (then its message's). type: number of TYPES, 0 when left out (then the
    birth's type holds). value: as the wire has it (see `scalar`). members: of a template instance, else None.
    has_value: False for `is_null` and for types that are no single value.
    """

    name: str | None = None
    alias: int | None = None
    t: int | None = None
    type: int = 0
    value: Scalar = None
    members: "tuple[Metric, ...] | None" = None
    has_value: bool = True
    stored: bool = False
    status: ValueStatus = "good"
    unit: str = ""
    is_definition: bool = False


class Message(msgspec.Struct, frozen=True):
    """What one Sparkplug message holds. t: when it was sent, UTC ms; seq: 0 to 255, None when left out."""

    metrics: tuple[Metric, ...] = ()
    t: int | None = None
    seq: int | None = None


def decode(raw: bytes) -> Message:
    """Return the message of a payload. Raises BadPayload."""
    wire = new_payload()
    try:
        wire.ParseFromString(raw)
    except DecodeError as error:
        raise BadPayload(f"{len(raw)} bytes are no Sparkplug B payload (protobuf)") from error
    return Message(
        metrics=tuple(_metric(m) for m in wire.metrics),
        t=_time(wire.timestamp),
        seq=wire.seq if wire.HasField("seq") else None,
    )


def encode_command(names: Sequence[str], t: int) -> bytes:
    """Return the payload of a command that sets each of the Boolean metrics to true at `t` (UTC ms)."""
    wire = new_payload()
    wire.timestamp = t
    for name in names:
        metric = wire.metrics.add()
        metric.name, metric.timestamp, metric.datatype, metric.boolean_value = name, t, BOOLEAN, True
    return wire.SerializeToString()


def _metric(wire: WireMetric) -> Metric:
    field = wire.WhichOneof("value")
    template = wire.template_value if field == "template_value" else None
    status, unit = _properties(wire.properties) if wire.HasField("properties") else (_GOOD_STATUS, "")
    return Metric(
        name=_text(wire.name) or None,
        alias=wire.alias if wire.HasField("alias") else None,
        t=_time(wire.timestamp),
        type=wire.datatype,
        value=_raw(wire, field),
        members=None if template is None else tuple(_metric(m) for m in template.metrics),
        has_value=field is not None and not wire.is_null,
        stored=wire.is_historical,
        status=status,
        unit=unit,
        is_definition=template is not None and template.is_definition,
    )


_GOOD_STATUS: ValueStatus = "good"


def _raw(wire: WireMetric, field: str | None) -> Scalar:
    match field:
        case "int_value":
            return wire.int_value
        case "long_value":
            return wire.long_value
        case "float_value":
            return wire.float_value
        case "double_value":
            return wire.double_value
        case "boolean_value":
            return wire.boolean_value
        case "string_value":
            return _text(wire.string_value)
    return None


def _text(said: str | bytes) -> str:
    """Return a text; protobuf hands on bytes where they are no UTF-8."""
    return said if isinstance(said, str) else said.decode("utf-8", "replace")


def _time(said: int) -> int | None:
    """Return UTC ms; None for a clock that was never set (0) or that shows no time an event can have."""
    return said if 0 < said <= _LATEST else None


def _properties(wire: WireProperties) -> tuple[ValueStatus, str]:
    """Return the status a `Quality` property tells (192 good, 0 bad, 500 stale; between them OPC's) and the unit."""
    status, unit = _GOOD_STATUS, ""
    for key, value in zip(wire.keys, wire.values, strict=False):
        name = _text(key).lower()
        if name == "quality" and not value.is_null:
            status = _status(value.int_value or value.long_value)
        elif name in _UNITS:
            unit = _text(value.string_value)
    return status, unit


def _status(quality: int) -> ValueStatus:
    if _GOOD <= quality < _GOOD + 64:
        return "good"
    return "uncertain" if _UNCERTAIN <= quality < _GOOD else "bad"


def scalar(value: Scalar, kind: int) -> Scalar:
    """Return a wire value as what its type says; None when the type is no single value or the number not finite.

    Signed integers travel as two's complement in unsigned fields, of the type's own width or of the field's.
    Source: Sparkplug 3.0.0, section 6.4.16 "Data Types".
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return value if kind in _WORDS or not kind else None
    if kind == BOOLEAN:
        return bool(value)
    if kind in _WHOLE:
        return _integer(int(value), _SIGNED_BITS.get(kind)) if math.isfinite(value) else None
    return value if math.isfinite(value) else None


def _integer(value: int, signed_bits: int | None) -> int:
    if signed_bits is None or value < 0:
        return value
    low = value & ((1 << signed_bits) - 1)
    return low - (1 << signed_bits) if low >> (signed_bits - 1) else low
