"""Which protocol speaks behind which name; a protocol's libraries are imported only when a source needs them."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import cast

from app.domain.plant.equipment import Plant, Source
from gateways.base import BadSource, Gateway, NotHere

PROTOCOLS: Mapping[str, str] = {
    "folder": "gateways.folder.gateway",
    "modbus": "gateways.modbus.gateway",
    "mqtt": "gateways.mqtt.gateway",
    "mtconnect": "gateways.mtconnect.gateway",
    "opcua": "gateways.opcua.gateway",
    "serial": "gateways.serial_line.gateway",
    "sparkplug": "gateways.sparkplug.gateway",
}
"""Name in the plant file -> module with `make(source)`: a new protocol is one module and one line here.

A protocol whose machines can be known without a mapping also has `completed(plant, source)`, the source with one, and
`known(plant, source, addresses)`: the mapping with what the addresses that a source offers show to be there.
"""


HOLDING = frozenset({"mtconnect", "opcua", "sparkplug"})
"""Protocols that tell what changes and say when they no longer know: until then what was told holds."""


def holds(source: Source) -> bool:
    """Return whether what this source told holds until it says otherwise."""
    return source.gateway in HOLDING


def gateway_of(source: Source) -> Gateway:
    """Return the gateway of a source. Raises BadSource naming the key and what would be right."""
    make = cast(Callable[[Source], Gateway], _module(source).make)
    return make(source)


def completed(plant: Plant, source: Source) -> Source:
    """Return the source with what its protocol knows by itself added to its mapping. Raises BadSource."""
    known = cast(Callable[[Plant, Source], Source] | None, getattr(_module(source), "completed", None))
    return source if known is None else known(plant, source)


def known_mapping(plant: Plant, source: Source, addresses: Iterable[str]) -> Mapping[str, object]:
    """Return what of a source is mapped already, by hand or because its protocol knows it. Raises BadSource.

    addresses: what the source offers.
    """
    known = cast(
        Callable[[Plant, Source, Iterable[str]], Mapping[str, object]] | None, getattr(_module(source), "known", None)
    )
    if known is not None:
        return known(plant, source, addresses)
    said = source.options.get("mapping")
    return said if isinstance(said, Mapping) else {}


def source_mistakes(plant: Plant, source: Source) -> tuple[list[str], list[str]]:
    """Return what is wrong with a source and its mapping, and what of it is only not on this machine; texts.

    Connects to nothing.
    """
    from gateways.mapping import targets_of

    try:
        known = completed(plant, source)
    except BadSource as error:
        return [str(error)], []
    wrong: list[str] = []
    missing: list[str] = []
    for look in (lambda: targets_of(plant, known), lambda: gateway_of(known)):
        try:
            look()
        except NotHere as error:
            missing.append(str(error))
        except BadSource as error:
            wrong += str(error).splitlines()
    return wrong, missing


def _module(source: Source) -> ModuleType:
    name = PROTOCOLS.get(source.gateway)
    if name is None:
        known = ", ".join(sorted(PROTOCOLS))
        raise BadSource(f"sources.{source.id}.gateway: unknown gateway `{source.gateway}`; known are {known}")
    return import_module(name)
