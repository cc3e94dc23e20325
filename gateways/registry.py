"""Which protocol speaks behind which name; a protocol's libraries are imported only when a source needs them."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from app.domain.plant.equipment import Source
from gateways.base import BadSource, Gateway

PROTOCOLS: Mapping[str, str] = {
    "modbus": "gateways.modbus.gateway",
    "mqtt": "gateways.mqtt.gateway",
    "sparkplug": "gateways.sparkplug.gateway",
}
"""Name in the plant file -> module with `make(source)`: a new protocol is one module and one line here."""


def gateway_of(source: Source) -> Gateway:
    """Return the gateway of a source. Raises BadSource naming the key and what would be right."""
    module = PROTOCOLS.get(source.gateway)
    if module is None:
        known = ", ".join(sorted(PROTOCOLS))
        raise BadSource(f"sources.{source.id}.gateway: unknown gateway `{source.gateway}`; known are {known}")
    make = cast(Callable[[Source], Gateway], import_module(module).make)
    return make(source)
