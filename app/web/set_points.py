"""Opens OPC UA nodes for writing with the gateways' sessions; loaded only where writing back is switched on."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from asyncua import Node

from app.connectors.line_opcua import OpcUaWriter
from app.connectors.set_point import WriteFailed
from app.domain.plant.equipment import Plant, Source
from gateways.base import Away, BadSource
from gateways.opcua.address import BadAddress, address_of
from gateways.opcua.connection import GONE, connected
from gateways.opcua.options import options_of
from gateways.opcua.space import Space
from gateways.registry import completed


def opc_ua_writer(plant: Callable[[], Plant]) -> OpcUaWriter:
    """Return what writes set-points to the plant's OPC UA sources."""

    @asynccontextmanager
    async def opened(source: Source, address: str) -> AsyncIterator[Node]:
        try:
            options = options_of(completed(plant(), source))
            wanted = address_of(address, _namespaces(source))
            client = await connected(options)
        except (Away, BadSource, BadAddress) as error:
            raise WriteFailed(str(error)) from error
        try:
            found = await Space(client, await client.get_namespace_array()).node(wanted)
            if isinstance(found, str):
                raise WriteFailed(found)
            yield client.get_node(found)
        finally:
            with suppress(*GONE):
                await client.disconnect()

    return OpcUaWriter(opened)


def _namespaces(source: Source) -> dict[str, str]:
    said = source.options.get("namespaces", {})
    return {str(prefix): str(uri) for prefix, uri in said.items()} if isinstance(said, dict) else {}
