"""`--as sparkplug`: the machines of every `gateway: sparkplug` source speak as edge nodes, at the addresses it maps.

What people say (orders, reasons, corrections) and what other sources say goes where it always goes.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from app.domain.events import codec
from app.domain.events.contract import Event
from app.domain.plant.equipment import Plant, Source
from simulators.output import Outlet, Raw
from simulators.servers.edge import DOUBLE, INT64, STRING, Change, Edge, Value
from simulators.servers.sparkplug_link import EdgeLink
from simulators.servers.spots import Spot, check_counters, said, spots_of
from simulators.traits import BadSimulation

GATEWAY = "sparkplug"


class Place(msgspec.Struct, frozen=True):
    """A metric of an edge node."""

    node: tuple[str, str]
    device: str
    name: str
    kind: int
    spot: Spot

    def change(self, value: Value, t: int) -> Change:
        """Return the change of the metric when the machine says `value`."""
        return Change(self.device, self.name, self.spot.served(value), t)


Places = Mapping[tuple[str, str], Place]


def _place(source: Source, spot: Spot) -> Place:
    place, _, name = spot.address.partition(":")
    parts = place.split("/")
    if len(parts) != 3 or not name:
        right = "must be group/edge node/device:metric to be simulated"
        raise BadSimulation(f"sources.{source.id}.mapping: {right}, is {spot.address!r}")
    kind = STRING if spot.is_word else INT64 if spot.is_count else DOUBLE
    return Place((parts[0], parts[1]), parts[2], name, kind, spot)


class SparkplugOutlet:
    """An outlet that says through edge nodes what they speak for, and hands on the rest.

    rest: where everything else goes. The edge nodes connect to their source's `url` and wait for its `primary_host`;
    a metric whose name has two levels is served as a member of a template.
    """

    def __init__(self, plant: Plant, rest: Outlet) -> None:
        self._rest, self._now = rest, 0
        self._links: dict[tuple[str, str], EdgeLink] = {}
        self._places: dict[str, Places] = {}
        for source in (s for s in plant.sources if s.gateway == GATEWAY):
            spots = spots_of(plant, source)
            self._places[source.id] = places = {what: _place(source, spot) for what, spot in spots.items()}
            check_counters(plant, source, spots)
            for node in sorted({place.node for place in places.values()}):
                self._links[node] = self._link(source, node, places)
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
        if rest := [raw for raw, event in events if event.source not in self._places]:
            self._rest.send(rest)
        by_node: dict[tuple[str, str], list[Change]] = {}
        for _, event in events:
            self._now = max(self._now, event.t)
            for place, change in self._changes(event):
                by_node.setdefault(place.node, []).append(change)
        for node, changes in by_node.items():
            self._links[node].say(changes)

    def behind(self) -> int:
        """Return by how many ms readers of the rest lag behind."""
        return self._rest.behind()

    def _changes(self, event: Event) -> list[tuple[Place, Change]]:
        places = self._places.get(event.source, {})
        found = [(places.get((event.machine, what)), value) for what, value in said(event)]
        return [(place, place.change(value, event.t)) for place, value in found if place is not None]

    def _link(self, source: Source, node: tuple[str, str], places: Places) -> EdgeLink:
        url, host = source.options.get("url"), source.options.get("primary_host")
        if not isinstance(url, str) or urlsplit(url).scheme != "mqtt":
            raise BadSimulation(f"sources.{source.id}.url: must be mqtt://host:port to be simulated, is {url!r}")
        own = [place for place in places.values() if place.node == node]
        edge = Edge(*node, templates={place.name.partition("/")[0] for place in own if place.name.count("/") == 1})
        for place in own:
            edge.declare(place.device, place.name, place.kind)
        return EdgeLink(edge, url, self._clock, None if host is None else str(host))

    def _clock(self) -> int:
        return self._now
