"""Plain MQTT: a topic and a place in its payload are an address; payloads become samples. Pure.

An address is `topic` (the whole payload is the value) or `topic#/pointer` (a JSON pointer, RFC 6901, into it). `+` in
the topic stands for one level that changes, such as a serial number. Everything else in a payload is left alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from gateways.base import Offer, Sample, Scalar

TimeUnit = Literal["ms", "s", "us", "ns"]
_PER_MS: Mapping[TimeUnit, float] = {"ms": 1, "s": 0.001, "us": 1_000, "ns": 1_000_000}
_WORDS: Mapping[type, str] = {bool: "boolean", int: "number", float: "number", str: "string"}
_YES = frozenset({"true", "1", "1.0", "on", "online", "yes", "alive", "connected"})
_LATEST = 253_402_300_799_999


class BadAddress(ValueError):
    """An address no message could have; the text says what would be right."""


class BadTime(ValueError):
    """A payload's time is none; the text says what stands there."""


class Place(msgspec.Struct, frozen=True):
    """One address taken apart. filter: what to subscribe to; pointer: keys from the payload's root to the value."""

    address: str
    filter: str
    pointer: tuple[str, ...]


class TimeField(msgspec.Struct, frozen=True):
    """Where payloads carry their time. unit: of a number; a text is ISO 8601, without a zone UTC."""

    pointer: tuple[str, ...]
    unit: TimeUnit = "ms"


def place_of(address: str) -> Place:
    """Return an address taken apart. Raises BadAddress.

    >>> place_of("filler/status#/counts/good")
    Place(address='filler/status#/counts/good', filter='filler/status', pointer=('counts', 'good'))
    """
    topic, hash_sign, tail = address.partition("#")
    if not topic or topic.endswith("/") or any("+" in level and level != "+" for level in topic.split("/")):
        raise BadAddress(f"must be topic or topic#/json/pointer; + stands for one whole level, is {address}")
    return Place(address, topic, pointer_of(tail) if hash_sign else ())


def pointer_of(text: str) -> tuple[str, ...]:
    """Return the keys of a JSON pointer. Raises BadAddress.

    >>> pointer_of("/counts/a~1b")
    ('counts', 'a/b')
    """
    if text and not text.startswith("/"):
        raise BadAddress(f"a JSON pointer begins with /, is {text}")
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in text.split("/")[1:])


class Places:
    """The mapped addresses by topic."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._exact: dict[str, list[Place]] = {}
        self._open: list[tuple[list[str], Place]] = []
        for place in places:
            if "+" in place.filter.split("/"):
                self._open.append((place.filter.split("/"), place))
            else:
                self._exact.setdefault(place.filter, []).append(place)

    def filters(self) -> list[str]:
        """Return what to subscribe to, each once."""
        return list(dict.fromkeys([*self._exact, *("/".join(levels) for levels, _ in self._open)]))

    def at(self, topic: str) -> list[Place]:
        """Return the places a topic's payload holds."""
        levels = topic.split("/")
        return self._exact.get(topic, []) + [place for pattern, place in self._open if fits(pattern, levels)]


def fits(pattern: Sequence[str], levels: Sequence[str]) -> bool:
    """Whether a topic's levels are those of the pattern, `+` being any.

    >>> fits(["line-4", "+", "state"], ["line-4", "SN-0815", "state"])
    True
    """
    return len(pattern) == len(levels) and all(p in ("+", level) for p, level in zip(pattern, levels, strict=True))


class Reading(msgspec.Struct, frozen=True):
    """How payloads of a source are read. time: None: the moment of arrival is taken.

    records: where a payload holds a list of records, each with values and a time of its own; None: it is one record.
    """

    time: TimeField | None = None
    records: tuple[str, ...] | None = None


def samples_of(places: Sequence[Place], payload: bytes, reading: Reading, *, is_retained: bool) -> list[Sample]:
    """Return the value of each place in one payload; a place that is not there says nothing.

    is_retained: the broker kept it: what it holds now, not something that just happened. Raises BadTime.
    """
    said = parsed(payload)
    inner = _MISSING if reading.records is None else found(said, reading.records)
    records = inner if isinstance(inner, list) else [said]
    return [sample for record in records for sample in _record(places, record, reading.time, is_retained=is_retained)]


def _record(places: Sequence[Place], record: object, time: TimeField | None, *, is_retained: bool) -> Iterable[Sample]:
    t = None if time is None else time_ms(found(record, time.pointer), time.unit)
    for place in places:
        node = found(record, place.pointer)
        if node is not _MISSING:
            value = _single(node)
            yield Sample(place.address, value, t, "bad" if value is None else "good", snapshot=is_retained)


def _single(node: object) -> Scalar:
    """Return a single value; None for null, objects and lists."""
    return node if isinstance(node, bool | int | float | str) else None


def parsed(payload: bytes) -> object:
    """Return a payload as JSON; what is no JSON, or nested beyond sense, is a text, as plain machines send it."""
    try:
        said: object = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return payload.decode("utf-8", "replace").strip() or None
    return said


_MISSING = object()


def found(node: object, pointer: Sequence[str]) -> object:
    """Return what stands at the pointer."""
    for key in pointer:
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isascii() and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        else:
            return _MISSING
    return node


def time_ms(said: object, unit: TimeUnit) -> int | None:
    """Return UTC ms; None when the payload carries no time (then the moment of arrival is taken). Raises BadTime.

    >>> time_ms("2026-03-01T06:00:00+01:00", "ms")
    1772341200000
    """
    if said is _MISSING or said is None:
        return None
    if isinstance(said, str):
        t = _iso_ms(said)
    elif isinstance(said, int | float) and not isinstance(said, bool):
        t = int(said / _PER_MS[unit])
    else:
        raise BadTime(f"a time must be a number or ISO 8601, is {said!r}")
    if not 0 <= t <= _LATEST:
        raise BadTime(f"{said!r} is no time between 1970 and 9999: is `time_unit` right?")
    return t


def _iso_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime(f"a time must be a number or ISO 8601, is {text!r}") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def says_yes(value: Scalar) -> bool:
    """Whether a sign of life says that its source lives: true, 1, online, connected, alive, on, yes."""
    return str(value).lower() in _YES


def offers_of(topic: str, payload: bytes) -> list[Offer]:
    """Return an address for every single value in a payload."""
    return list(_walk(topic, "", parsed(payload)))


def _walk(topic: str, above: str, node: object) -> Iterable[Offer]:
    if isinstance(node, dict):
        children: Iterable[tuple[str, object]] = node.items()
    elif isinstance(node, list):
        children = ((str(i), child) for i, child in enumerate(node))
    else:
        value = _single(node)
        yield Offer(f"{topic}#{above}" if above else topic, _WORDS.get(type(value), "null"), "", value)
        return
    for key, child in children:
        yield from _walk(topic, f"{above}/{str(key).replace('~', '~0').replace('/', '~1')}", child)
