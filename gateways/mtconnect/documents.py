"""What an MTConnect agent answers: devices, observations, refusals. Pure.

Source: ANSI/MTC1.4 (MTConnect Part 1 to 3). Namespaces differ by version and are
left out. Entities that a hostile document could grow with are refused by defusedxml.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gateways.base import Scalar

Category = Literal["sample", "event", "condition"]
UNAVAILABLE = "UNAVAILABLE"
_GROUPS: dict[str, Category] = {"Samples": "sample", "Events": "event", "Condition": "condition"}
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


class BadDocument(ValueError):
    """The agent's answer is no MTConnect document; the text says why."""


class Item(msgspec.Struct, frozen=True):
    """A data item of a device, as `/probe` tells it. place: device and components it belongs to."""

    id: str
    name: str
    device: str
    type: str
    unit: str
    place: tuple[str, ...]


class Observation(msgspec.Struct, frozen=True):
    """One thing an agent observed. value None: unavailable; code, entries: of a condition, of a data set.

    condition: which of the conditions of its data item (conditionId, else the native code); None: all of them.
    """

    item: str
    category: Category
    value: str | None
    t: int
    sequence: int
    code: str | None = None
    entries: tuple[tuple[str, str | None], ...] = ()
    condition: str | None = None


class Streams(msgspec.Struct, frozen=True):
    """What `/current` and `/sample` answer. first: oldest sequence the agent still has; next: the one to ask from.

    t: when it was said, UTC ms by the agent's clock; None: it does not say.
    """

    instance: str
    first: int
    next: int
    observations: tuple[Observation, ...]
    t: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """The agent will not answer: a code such as OUT_OF_RANGE, and its words."""

    code: str
    words: str


def parse(raw: bytes) -> Streams | Refusal | tuple[Item, ...]:
    """Return what a document says; devices as their data items. Raises BadDocument."""
    try:
        root = fromstring(raw)
        kind = _name(root)
        if kind == "MTConnectStreams":
            return _streams(root)
        if kind == "MTConnectDevices":
            return tuple(_items(root))
        if kind == "MTConnectError":
            return _refusal(root)
    except (ParseError, DefusedXmlException, ValueError, KeyError) as error:
        raise BadDocument(f"what it answers is no MTConnect document: {error!r}") from error
    raise BadDocument(f"what it answers is no MTConnect document: <{kind}>")


def number(text: str) -> Scalar:
    """Return a text that is a number as one, any other as it is; of a time series (`1 2 3`) the last."""
    last = text.split()[-1] if text.split() else text
    if not _NUMBER.fullmatch(last):
        return text
    return int(last) if last.lstrip("+-").isdigit() else float(last)


def _streams(root: Element) -> Streams:
    header = _header(root)
    found = [
        _observation(element, category)
        for component in root.iter()
        if _name(component) == "ComponentStream"
        for group in component
        if (category := _GROUPS.get(_name(group))) is not None
        for element in group
    ]
    return Streams(
        header.attrib["instanceId"],
        int(header.get("firstSequence", 0)),
        int(header.get("nextSequence", 0)),
        tuple(found),
        _time(header.attrib["creationTime"]) if "creationTime" in header.attrib else None,
    )


def _observation(element: Element, category: Category) -> Observation:
    text = (element.text or "").strip()
    entries = tuple((child.attrib["key"], _known(child.text)) for child in element if _name(child) == "Entry")
    value = text if category != "condition" else _name(element)
    code = element.get("nativeCode") if category == "condition" else None
    if category == "condition" and text:
        entries = (("text", text),)
    known = None if value.upper() == UNAVAILABLE or (entries and category != "condition") else value
    sequence = int(element.attrib["sequence"])
    which = (element.get("conditionId") or code or None) if category == "condition" else None
    t = _time(element.attrib["timestamp"])
    return Observation(element.attrib["dataItemId"], category, known, t, sequence, code, entries, which)


def _known(text: str | None) -> str | None:
    value = (text or "").strip()
    return None if value.upper() == UNAVAILABLE else value


def _time(text: str) -> int:
    said = datetime.fromisoformat(text)
    return round((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() * 1000)


def _items(root: Element) -> Iterator[Item]:
    for devices in (child for child in root if _name(child) == "Devices"):
        for device in devices:
            name = device.get("name") or device.get("uuid") or ""
            yield from _below(device, name, (name,))


def _below(element: Element, device: str, place: tuple[str, ...]) -> Iterator[Item]:
    for child in element:
        if _name(child) == "DataItem":
            kind = "/".join(part for part in (child.get("type", ""), child.get("subType", "")) if part)
            unit = child.get("nativeUnits") or child.get("units") or ""
            yield Item(child.attrib["id"], child.get("name") or "", device, kind, unit, place)
        else:
            own = child.get("name") if _name(child) not in ("Components", "DataItems") else None
            yield from _below(child, device, (*place, own) if own else place)


def _refusal(root: Element) -> Refusal:
    errors = [element for element in root.iter() if element.get("errorCode")]
    if not errors:
        return Refusal("UNKNOWN", "no reason given")
    return Refusal(errors[0].attrib["errorCode"], (errors[0].text or "").strip())


def _header(root: Element) -> Element:
    return next(child for child in root if _name(child) == "Header")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
