"""How the plant file names a node of an OPC UA server, so that it is the same node after the server's restart. Pure.

Line/Filler/Status/StateCurrent       browse names from Objects on; a name counts in whatever namespace it is
plc:Filler/plc:State                  `plc` is one of the source's `namespaces`: only that one
nsu=urn:maker:plc;s=Filler.State      a node id; the namespace by URI, for its index may change with a restart
Filler/Counts#2.Count                 behind `#`: a part of an array or structure
packml/filler/StateCurrent            of the machine's PackML object, wherever it is (packml.py)
"""

from collections.abc import Mapping, Sequence

import msgspec

from gateways.base import Scalar

PACKML = "packml/"
KINDS = "isgb"
RIGHT = "must be browse names such as Filler/State, or a node id such as nsu=urn:maker:plc;s=Filler.State"


class BadAddress(ValueError):
    """An address that names no node; the text holds it and what would be right."""


class Step(msgspec.Struct, frozen=True):
    """A browse name; namespace: its URI, None for any."""

    name: str
    namespace: str | None = None


class Address(msgspec.Struct, frozen=True):
    """A node by path from Objects, or by namespace URI and identifier (`i=85`, `s=Filler.State`); part: inside it."""

    text: str
    path: tuple[Step, ...] = ()
    namespace: str = ""
    identifier: str = ""
    part: tuple[str, ...] = ()


def address_of(text: str, namespaces: Mapping[str, str]) -> Address:
    """Return what an address of the plant file names. Raises BadAddress."""
    place, _, inside = text.partition("#")
    part = tuple(inside.split(".")) if inside else ()
    if "#" in text and not all(part or ("",)):
        raise BadAddress(f"`{text}`: behind # must be indexes and names such as 2.Count")
    if place.startswith(("ns=", *(f"{kind}=" for kind in KINDS))):
        raise BadAddress(f"`{text}`: a namespace's index changes with the server's restarts; write nsu=URI;... instead")
    if place.startswith("nsu="):
        uri, _, identifier = place.removeprefix("nsu=").partition(";")
        if not uri or identifier[:1] not in KINDS or identifier[1:2] != "=" or not identifier[2:]:
            raise BadAddress(f"`{text}`: {RIGHT}")
        return Address(text, namespace=uri, identifier=identifier, part=part)
    steps = tuple(_step(text, name, namespaces) for name in place.split("/"))
    return Address(text, path=steps, part=part)


def _step(text: str, said: str, namespaces: Mapping[str, str]) -> Step:
    prefix, colon, name = said.partition(":")
    if not colon:
        name, prefix = prefix, ""
    if not name:
        raise BadAddress(f"`{text}`: {RIGHT}")
    if not prefix:
        return Step(name)
    if prefix not in namespaces:
        known = ", ".join(namespaces) or "none"
        raise BadAddress(f"`{text}`: `{prefix}` is none of the source's `namespaces` ({known}); it stands for a URI")
    return Step(name, namespaces[prefix])


def written(names: Sequence[str]) -> str | None:
    """Return browse names as an address, None where one of them cannot be part of one."""
    return None if any(not name or set(name) & set("/#:") for name in names) else "/".join(names)


def part_of(value: object, part: Sequence[str]) -> object:
    """Return the part of an array or structure, None where it has none such."""
    for key in part:
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = getattr(value, key, None)
    return value


def scalar(value: object) -> Scalar:
    """Return a value as plain data: texts of a language as text, an enumeration as its number, other things as None."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else float(value)
    text = getattr(value, "Text", None)
    return text if isinstance(text, str) else None
