"""`--as mtconnect`: the machines of every `gateway: mtconnect` source are devices of an MTConnect agent at its `url`.

What people say (orders, reasons, corrections) and what other sources say goes where it always goes.
"""

import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.domain.events import codec
from app.domain.plant.equipment import Plant, Source
from simulators.output import Outlet, Raw
from simulators.servers.mtconnect_agent import Agent, AgentServer, Thing
from simulators.servers.spots import Spot, Spots, check_counters, said, spots_of
from simulators.traits import BadSimulation

GATEWAY = "mtconnect"


class MtconnectOutlet:
    """An outlet that says through MTConnect agents what they speak for, and hands on the rest."""

    def __init__(self, plant: Plant, rest: Outlet) -> None:
        self._rest = rest
        self._agents: dict[str, Agent] = {}
        self._places: dict[str, tuple[str, int]] = {}
        self._spots: dict[str, Spots] = {}
        self._servers: list[AgentServer] = []
        for source in (s for s in plant.sources if s.gateway == GATEWAY):
            spots = spots_of(plant, source)
            check_counters(plant, source, spots)
            agent = self._agents[source.id] = Agent(time.time_ns() // 1_000_000_000)
            self._places[source.id], self._spots[source.id] = _place(source), spots
            for spot in spots.values():
                agent.declare(_thing(spot))
        if not self._agents:
            raise BadSimulation("sources: none has `gateway: mtconnect` and a mapping: nothing to serve")

    def __enter__(self) -> "MtconnectOutlet":
        for source, agent in self._agents.items():
            server = AgentServer(agent, *self._places[source])
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for agent in self._agents.values():
            agent.close()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def send(self, raws: Sequence[Raw]) -> None:
        """Say what agents speak for, in order; hand on the rest first: it may be refused and come again."""
        events = [(raw, codec.decode(raw[1])) for raw in raws]
        if rest := [raw for raw, event in events if event.source not in self._agents]:
            self._rest.send(rest)
        for _, event in events:
            spots = self._spots.get(event.source, {})
            for what, value in said(event) if event.source in self._agents else ():
                spot = spots.get((event.machine, what))
                if spot is not None:
                    served = "" if value is None else spot.served(value)
                    self._agents[event.source].observe(_thing(spot).id, served, event.t)

    def behind(self) -> int:
        """Return by how many ms readers of the rest lag behind."""
        return self._rest.behind()


def _place(source: Source) -> tuple[str, int]:
    url = urlsplit(str(source.options.get("url")))
    if url.scheme != "http" or not url.hostname or not url.port:
        raise BadSimulation(f"sources.{source.id}.url: must be http://host:port to be simulated, is {url.geturl()!r}")
    return url.hostname, url.port


def _thing(spot: Spot) -> Thing:
    """Return the data item of an address: `device/name`, or an id of a device of its own."""
    device, slash, name = spot.address.partition("/")
    element = ("Message" if spot.is_word else "PartCount") if spot.is_word or spot.is_count else "Load"
    category = "EVENT" if spot.is_word or spot.is_count else "SAMPLE"
    if not slash:
        return Thing(spot.address, "", "Machine", element, category)
    return Thing(f"{device}-{name}", name, device, element, category)
