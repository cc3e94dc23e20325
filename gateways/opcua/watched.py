"""Which node is which address, and what a notification of it says."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from asyncua import Client, ua

from app.domain.events.contract import ValueStatus
from gateways.base import Sample, Scalar
from gateways.opcua.address import Address, Step, part_of, scalar
from gateways.opcua.options import OpcUaOptions
from gateways.opcua.packml import DEFECTIVE, FOLDERS, GOOD, NEEDS, REASON, Made, asked, plain
from gateways.opcua.space import Space

STATUS: tuple[ValueStatus, ...] = ("good", "uncertain", "bad", "bad")
"""By the severity bits of a StatusCode (OPC 10000-4, 7.39)."""
MS = 1_000


class Variable(msgspec.Struct, frozen=True):
    """Something to watch: a node of the mapping, or a variable of a machine's PackML object."""

    address: Address | None = None
    machine: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """What a person calls it."""
        return self.address.text if self.address else f"packml/{self.machine}/{self.name}"


class Watched:
    """What one connection watches. missing: addresses that cannot be heard, and why; told as bad once."""

    def __init__(self, options: OpcUaOptions) -> None:
        self._leading = options.leading
        self._machines: dict[str, dict[str, str]] = defaultdict(dict)
        for text in options.packml:
            machine, what = asked(text) or ("", "")
            self._machines[machine][what] = text
        needed = [(m, n) for m, whats in self._machines.items() for n in {n for w in whats for n in NEEDS[w]}]
        self._wanted = [Variable(a) for a in options.nodes] + [Variable(None, m, n) for m, n in sorted(needed)]
        self._of_node: dict[ua.NodeId, list[Variable]] = defaultdict(list)
        self._done: set[ua.NodeId] = set()
        self._held: dict[str, dict[str, Scalar]] = defaultdict(dict)
        self._made: dict[str, Made] = defaultdict(Made)
        self._told: set[str] = set()
        self._said_lost: set[str] = set()
        self.missing: dict[str, str] = {}

    async def find(self, space: Space, client: Client) -> None:
        """Look for the node of everything that has none yet."""
        known = {variable for variables in self._of_node.values() for variable in variables}
        is_only = len(self._machines) == 1
        names = {v.machine for v in self._wanted if v.machine and v not in known}
        machines = {name: await space.packml(name, is_only=is_only) for name in names}
        if machines:
            await client.load_data_type_definitions()
        self.missing.clear()
        for variable in (v for v in self._wanted if v not in known):
            node = await self._node(space, variable, machines)
            if isinstance(node, str):
                self.missing[variable.text] = node
            else:
                self._of_node[node].append(variable)

    async def _node(self, space: Space, variable: Variable, machines: dict[str, ua.NodeId | str]) -> ua.NodeId | str:
        if variable.address is not None:
            return await space.node(variable.address)
        at = machines[variable.machine]
        if isinstance(at, str):
            return at
        found = await space.below(at, (Step(FOLDERS[variable.name]), Step(variable.name)))
        if isinstance(found, str) and variable.name == DEFECTIVE:
            self._held[variable.machine][DEFECTIVE] = 0
        return found

    def to_subscribe(self) -> list[ua.NodeId]:
        """Return the nodes that are known and not subscribed yet."""
        return [node for node in self._of_node if node not in self._done]

    def subscribed(self, node: ua.NodeId, why_not: str | None) -> None:
        """Take the server's answer: it tells the node from now on, or why it will not."""
        if why_not is None:
            self._done.add(node)
        else:
            for variable in self._of_node.pop(node):
                self.missing[variable.text] = f"the server refuses to tell it: {why_not}"

    def told(self, notified: Sequence[tuple[ua.NodeId, ua.DataValue]]) -> list[Sample]:
        """Return what notifications say, by the time of the source: a server tells one node after the other."""
        in_order = sorted(notified, key=lambda one: (_at(one[1]) or 0, self._follows(one[0])))
        return [sample for node, said in in_order for sample in self._samples(node, said)]

    def _follows(self, node: ua.NodeId) -> bool:
        return not any(self._leads(variable) for variable in self._of_node.get(node, ()))

    def _leads(self, variable: Variable) -> bool:
        return variable.name == REASON or variable.text in self._leading

    def _samples(self, node: ua.NodeId, said: ua.DataValue) -> list[Sample]:
        code = said.StatusCode.value if said.StatusCode is not None else 0
        status = STATUS[code >> 30 & 3]
        value = None if status == "bad" or said.Value is None else said.Value.Value
        t = _at(said)
        samples = []
        for variable in self._of_node.get(node, ()):
            if variable.address is not None:
                samples.append(
                    self._sample(variable.address.text, scalar(part_of(value, variable.address.part)), t, status)
                )
            else:
                samples += self._packml(variable, value, t, status)
        return samples

    def lost(self) -> list[Sample]:
        """Return what cannot be heard as bad values, each once."""
        gone = [text for text in self._addresses_missing() if text not in self._said_lost]
        self._said_lost.update(gone)
        return [Sample(text, None, None, "bad") for text in gone]

    def _addresses_missing(self) -> list[str]:
        nodes = [v.address.text for v in self._wanted if v.address is not None and v.text in self.missing]
        packml = [
            text
            for machine, whats in self._machines.items()
            for what, text in whats.items()
            if f"packml/{machine}/{NEEDS[what][0]}" in self.missing
        ]
        return nodes + packml

    def _packml(self, variable: Variable, value: object, t: int | None, status: ValueStatus) -> list[Sample]:
        machine, held = variable.machine, self._held[variable.machine]
        held[variable.name] = plain(variable.name, value)
        samples = []
        for what, text in self._machines[machine].items():
            if variable.name not in NEEDS[what]:
                continue
            found = self._made[machine].good(held) if what == GOOD else held.get(NEEDS[what][0])
            if found is not None or status == "bad" or what == REASON:
                samples.append(self._sample(text, found, t, status))
        return samples

    def _sample(self, address: str, value: Scalar, t: int | None, status: ValueStatus) -> Sample:
        is_first = address not in self._told
        self._told.add(address)
        return Sample(address, value, t, status, snapshot=is_first)


def _at(said: ua.DataValue) -> int | None:
    """Return when the source, or else its server, says that it is so, UTC ms."""
    at = said.SourceTimestamp or said.ServerTimestamp
    return None if at is None else round(at.timestamp() * MS)
