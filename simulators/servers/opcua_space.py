"""An OPC UA server with variables where somebody wants to find them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC

import msgspec
from asyncua import Node, Server, ua

from simulators.servers.spots import Value

NAMESPACE = "urn:lineside:simulators"
MOST_AT_ONCE = 50
PAUSE_S = 0.6
NOTHING_YET = ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(ua.StatusCodes.BadWaitingForInitialData)))
_TYPES: dict[type, ua.VariantType] = {
    str: ua.VariantType.String,
    int: ua.VariantType.Int64,
    float: ua.VariantType.Double,
}


class Written(msgspec.Struct, frozen=True):
    """A variable takes a value at `t`, UTC ms."""

    address: str
    value: Value
    t: int


class Line:
    """One server at `url`; addresses are browse names from Objects on, or `nsu=URI;s=...`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._declared: dict[str, str | int | float] = {}
        self._held: dict[str, Written] = {}
        self._since_pause: Counter[str] = Counter()
        self._nodes: dict[str, Node] = {}
        self._server: Server | None = None

    def declare(self, address: str, first: str | int | float) -> None:
        """Let the server have a variable of the type of `first`; bad until it is written."""
        self._declared[address] = first

    async def start(self) -> None:
        """Serve; what was written before stays."""
        server = self._server = Server()
        await server.init()
        server.set_endpoint(self._url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        own = await server.register_namespace(NAMESPACE)
        folders: dict[tuple[str, ...], Node] = {(): server.nodes.objects}
        for address, first in self._declared.items():
            self._nodes[address] = await self._add(server, own, folders, address, first)
        for address, node in self._nodes.items():
            held = self._held.get(address)
            await server.write_attribute_value(node.nodeid, NOTHING_YET if held is None else self._said(held))
        await server.start()

    async def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def say(self, writes: Sequence[Written]) -> None:
        """Write values in order, not faster than subscribers can be told of each: a server keeps a short queue."""
        for one in writes:
            self._since_pause[one.address] += 1
            if self._since_pause[one.address] > MOST_AT_ONCE:
                await asyncio.sleep(PAUSE_S)
                self._since_pause.clear()
            self._held[one.address] = one
            if self._server is not None:
                await self._server.write_attribute_value(self._nodes[one.address].nodeid, self._said(one))

    def _said(self, one: Written) -> ua.DataValue:
        kind = type(self._declared[one.address])
        value = kind() if one.value is None else kind(one.value)
        at = ua.DateTime.fromtimestamp(one.t / 1000, UTC)
        return ua.DataValue(ua.Variant(value, _TYPES[kind]), SourceTimestamp=at, ServerTimestamp=at)

    async def _add(
        self, server: Server, own: int, folders: dict[tuple[str, ...], Node], address: str, first: str | float
    ) -> Node:
        if address.startswith("nsu="):
            uri, _, identifier = address.removeprefix("nsu=").partition(";")
            index = await server.register_namespace(uri)
            name = ua.QualifiedName(identifier.partition("=")[2], index)
            return await server.nodes.objects.add_variable(
                ua.NodeId.from_string(f"ns={index};{identifier}"), name, first
            )
        names = tuple(part.rpartition(":")[2] for part in address.partition("#")[0].split("/"))
        for depth in range(1, len(names)):
            if names[:depth] not in folders:
                folders[names[:depth]] = await folders[names[: depth - 1]].add_object(own, names[depth - 1])
        return await folders[names[:-1]].add_variable(own, names[-1], first)
