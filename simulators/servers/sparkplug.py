"""`--as sparkplug`: the machines of every `gateway: sparkplug` source speak as edge nodes, at the addresses it maps.

What people say (orders, reasons, corrections) and what other sources say goes where it always goes.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from app.domain.events import codec
from app.domain.events.contract import Event, Measured, StateChanged
from app.domain.plant.equipment import Plant, Source
from app.domain.plant.signals import Signal
from simulators.output import Outlet, Raw
from simulators.servers.edge import DOUBLE, INT64, STRING, Change, Edge, Value
from simulators.servers.sparkplug_link import EdgeLink
from simulators.traits import BadSimulation

GATEWAY = "sparkplug"
_MACHINES = (StateChanged, Measured)


class Spot(msgspec.Struct, frozen=True):
    """Where one thing a machine says is served. What is served, times scale plus offset, is what the machine says."""

    node: tuple[str, str]
    device: str
    name: str
    kind: int = STRING
    scale: float = 1
    offset: float = 0

    def change(self, value: Value, t: int) -> Change:
        """Return the change of the metric when the machine says `value`."""
        if (self.scale, self.offset) != (1, 0) and isinstance(value, int | float):
            value = (value - self.offset) / self.scale
        return Change(self.device, self.name, value, t)


WORDS = frozenset({"state", "reason"})
Spots = Mapping[tuple[str, str], Spot]
"""(machine path, signal, or `state` or `reason` of the mapping behind a dot) -> where it is served."""


def spots_of(plant: Plant, source: Source) -> Spots:
    """Return where each thing is served that the source maps. Raises BadSimulation."""
    found: dict[tuple[str, str], Spot] = {}
    mapping = source.options.get("mapping")
    for name, wishes in (mapping if isinstance(mapping, dict) else {}).items():
        paths = [path for path in source.machines if path == name or path.endswith(f"/{name}")]
        if len(paths) != 1 or not isinstance(wishes, dict):
            raise BadSimulation(f"sources.{source.id}.mapping.{name}: must be one of its machines, with addresses")
        for word in WORDS & wishes.keys():
            found[paths[0], f".{word}"] = _spot(source, wishes[word], STRING)
        signals = _signals(plant, paths[0])
        for signal, wish in wishes.get("signals", {}).items():
            is_count = signal in signals and signals[signal].counter is not None
            found[paths[0], signal] = _spot(source, wish, INT64 if is_count else DOUBLE)
    return found


def _signals(plant: Plant, path: str) -> Mapping[str, Signal]:
    machine = plant.resolve(path)[1]
    return {} if machine is None else machine.signals


def _spot(source: Source, wish: object, kind: int) -> Spot:
    at = wish if isinstance(wish, dict) else {"at": wish}
    place, _, name = str(at.get("at")).partition(":")
    parts = place.split("/")
    if len(parts) != 3 or not name:
        right = "must be group/edge node/device:metric to be simulated"
        raise BadSimulation(f"sources.{source.id}.mapping: {right}, is {at.get('at')!r}")
    return Spot(
        (parts[0], parts[1]),
        parts[2],
        name,
        kind,
        _number(source, at.get("scale", 1)),
        _number(source, at.get("offset", 0)),
    )


def _number(source: Source, found: object) -> float:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    raise BadSimulation(f"sources.{source.id}.mapping: scale and offset must be numbers, is {found!r}")


class SparkplugOutlet:
    """An outlet that says through edge nodes what they speak for, and hands on the rest.

    rest: where everything else goes. The edge nodes connect to their source's `url` and wait for its `primary_host`;
    a metric whose name has two levels is served as a member of a template.
    """

    def __init__(self, plant: Plant, rest: Outlet) -> None:
        self._rest, self._now = rest, 0
        self._links: dict[tuple[str, str], EdgeLink] = {}
        self._spots: dict[str, Spots] = {}
        for source in (s for s in plant.sources if s.gateway == GATEWAY):
            self._spots[source.id] = spots = spots_of(plant, source)
            _check_counters(plant, source, spots)
            for node in sorted({spot.node for spot in spots.values()}):
                self._links[node] = self._link(source, node, spots)
        if not self._links:
            raise BadSimulation("sources: none has `gateway: sparkplug` and a mapping: nothing to serve")

    def __enter__(self) -> "SparkplugOutlet":
        for link in self._links.values():
            link.start()
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links.values():
            link.stop()

    def send(self, raws: Sequence[Raw]) -> None:
        """Say what edge nodes speak for, in order; hand on the rest first: it may be refused and come again."""
        events = [(raw, codec.decode(raw[1])) for raw in raws]
        if rest := [raw for raw, event in events if event.source not in self._spots]:
            self._rest.send(rest)
        by_node: dict[tuple[str, str], list[Change]] = {}
        for _, event in events:
            self._now = max(self._now, event.t)
            for spot, change in self._changes(event):
                by_node.setdefault(spot.node, []).append(change)
        for node, changes in by_node.items():
            self._links[node].say(changes)

    def behind(self) -> int:
        """Return by how many ms readers of the rest lag behind."""
        return self._rest.behind()

    def _changes(self, event: Event) -> list[tuple[Spot, Change]]:
        spots = self._spots.get(event.source)
        if spots is None or not isinstance(event, _MACHINES):
            return []
        said: list[tuple[str, Value]] = (
            [(event.signal, event.value)] if isinstance(event, Measured)
            else [(".reason", event.reason), (".state", event.state)]
        )  # fmt: skip
        found = [(spots.get((event.machine, what)), value) for what, value in said]
        return [(spot, spot.change(value, event.t)) for spot, value in found if spot is not None]

    def _link(self, source: Source, node: tuple[str, str], spots: Spots) -> EdgeLink:
        url, host = source.options.get("url"), source.options.get("primary_host")
        if not isinstance(url, str) or urlsplit(url).scheme != "mqtt":
            raise BadSimulation(f"sources.{source.id}.url: must be mqtt://host:port to be simulated, is {url!r}")
        own = [spot for spot in spots.values() if spot.node == node]
        edge = Edge(*node, templates={spot.name.partition("/")[0] for spot in own if spot.name.count("/") == 1})
        for spot in own:
            edge.declare(spot.device, spot.name, spot.kind)
        return EdgeLink(edge, url, self._clock, None if host is None else str(host))

    def _clock(self) -> int:
        return self._now


def _check_counters(plant: Plant, source: Source, spots: Spots) -> None:
    """Refuse a machine whose good or reject units would be said by nobody."""
    for path in source.machines:
        signals = _signals(plant, path).values()
        counted = {s.counter.of for s in signals if s.counter is not None and (path, s.id) in spots}
        if missing := {"good", "reject"} - counted:
            wanted = " and ".join(sorted(missing))
            raise BadSimulation(f"sources.{source.id}.mapping: {path} maps no counter of {wanted} units")
