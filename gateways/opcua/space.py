"""The address space of a connected server: from addresses to nodes and back."""

from collections.abc import AsyncIterator, Iterable
from typing import cast

from asyncua import Client, ua

from gateways.base import Offer, Scalar
from gateways.opcua.address import Address, Step, scalar, written
from gateways.opcua.packml import FOLDERS, best

MOST_LOOKED_AT = 20_000
DEEPEST = 12
AT_ONCE = 200
_BUILTIN = {one.value: one.name for one in ua.VariantType}
OBJECTS, SERVER = ua.NodeId(ua.Int32(ua.ObjectIds.ObjectsFolder)), ua.NodeId(ua.Int32(ua.ObjectIds.Server))
_NODES = cast(ua.NodeClass, ua.NodeClass.Object | ua.NodeClass.Variable)


class Space:
    """What a server has, remembered while the connection lasts."""

    def __init__(self, client: Client, namespaces: list[str]) -> None:
        self._client, self._namespaces = client, namespaces
        self._children: dict[ua.NodeId, list[ua.ReferenceDescription]] = {}

    async def node(self, address: Address) -> ua.NodeId | str:
        """Return the node an address names; a text that says why where there is none."""
        if address.identifier:
            if address.namespace not in self._namespaces:
                return f"the server has no namespace {address.namespace}"
            index = self._namespaces.index(address.namespace)
            return ua.NodeId.from_string(f"ns={index};{address.identifier}")
        return await self.below(OBJECTS, address.path)

    async def below(self, start: ua.NodeId, path: Iterable[Step]) -> ua.NodeId | str:
        """Return the node at the end of a path from `start`, or why there is none."""
        at, parent = start, "Objects"
        for step in path:
            fitting = {c.NodeId for c in await self.children(at) if self._fits(c, step)}
            if len(fitting) > 1:
                return f"`{step.name}` is there more than once in {parent}: say its namespace"
            if not fitting:
                return f"there is no `{step.name}` in {parent}"
            at, parent = fitting.pop(), step.name
        return at

    async def packml(self, machine: str, *, is_only: bool) -> ua.NodeId | str:
        """Return the PackML object of a machine, or why there is none. is_only: no other machine is looked for."""
        places: dict[tuple[str, ...], ua.NodeId] = {}
        async for place, found in self.walk():
            if found.NodeClass == ua.NodeClass.Object:
                names = {c.BrowseName.Name for c in await self.children(found.NodeId)}
                if set(FOLDERS.values()) <= names:
                    places[place] = found.NodeId
        if (own := best(machine, places, is_only=is_only)) is not None:
            return places[own]
        known = ", ".join("/".join(p) for p in places) or "none"
        return f"no PackML object (with Status and Admin) is clearly that of `{machine}`; there are: {known}"

    async def walk(self) -> AsyncIterator[tuple[tuple[str, ...], ua.ReferenceDescription]]:
        """Yield (browse names from Objects on, node): objects and variables but the server's own, near ones first."""
        waiting: list[tuple[tuple[str, ...], ua.NodeId]] = [((), OBJECTS)]
        seen = {SERVER}
        while waiting and len(seen) < MOST_LOOKED_AT:
            place, node = waiting.pop(0)
            for child in await self.children(node):
                if child.NodeId in seen:
                    continue
                seen.add(child.NodeId)
                below = (*place, child.BrowseName.Name)
                yield below, child
                if len(below) < DEEPEST:
                    waiting.append((below, child.NodeId))

    async def offers(self, limit: int) -> list[Offer]:
        """Return at most `limit` variables with type, unit, meaning and value."""
        found: list[tuple[str, ua.NodeId]] = []
        async for place, node in self.walk():
            if len(found) >= limit:
                break
            is_property = node.TypeDefinition.Identifier == ua.ObjectIds.PropertyType
            if node.NodeClass == ua.NodeClass.Variable and not is_property:
                found.append((await self._written(place, node.NodeId), node.NodeId))
        offers: list[Offer] = []
        for at in range(0, len(found), AT_ONCE):
            offers += await self._offers(found[at : at + AT_ONCE])
        return offers

    async def children(self, node: ua.NodeId) -> list[ua.ReferenceDescription]:
        """Return the objects and variables below a node."""
        if node not in self._children:
            found = await self._client.get_node(node).get_children_descriptions(nodeclassmask=_NODES)
            self._children[node] = list(found or ())
        return self._children[node]

    def _fits(self, child: ua.ReferenceDescription, step: Step) -> bool:
        if child.BrowseName.Name != step.name:
            return False
        return step.namespace is None or self._uri(child.BrowseName.NamespaceIndex) == step.namespace

    def _uri(self, index: int) -> str:
        return self._namespaces[index] if index < len(self._namespaces) else ""

    async def _written(self, place: tuple[str, ...], node: ua.NodeId) -> str:
        """Return the shortest address that is surely this node's: its path where that is clear, else its node id."""
        path = written(place)
        steps = tuple(Step(name) for name in place)
        if path is not None and await self.below(OBJECTS, steps) == node:
            return path
        identifier = node.to_string().rpartition(";")[2]
        return f"nsu={self._uri(node.NamespaceIndex)};{identifier}"

    async def _offers(self, found: list[tuple[str, ua.NodeId]]) -> list[Offer]:
        nodes = [self._client.get_node(node) for _, node in found]
        values = await self._client.read_attributes(nodes, ua.AttributeIds.Value)
        meanings = await self._client.read_attributes(nodes, ua.AttributeIds.Description)
        return [
            Offer(address, _type(value), await self._unit(node), _value(value), _text(meaning))
            for (address, node), value, meaning in zip(found, values, meanings, strict=True)
        ]

    async def _unit(self, node: ua.NodeId) -> str:
        for child in await self.children(node):
            if child.BrowseName.Name == "EngineeringUnits":
                told = await self._client.get_node(child.NodeId).read_value()
                return str(getattr(getattr(told, "DisplayName", None), "Text", "") or "")
        return ""


def _type(value: ua.DataValue) -> str:
    return "" if value.Value is None else _BUILTIN.get(getattr(value.Value.VariantType, "value", -1), "")


def _value(value: ua.DataValue) -> Scalar:
    return None if value.Value is None else scalar(value.Value.Value)


def _text(value: ua.DataValue) -> str:
    return str(_value(value) or "")
