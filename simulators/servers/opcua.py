"""`--as opcua`: the machines of every `gateway: opcua` source are variables of an OPC UA server at its `url`.

What the source maps is served at those addresses; a machine of which it maps neither state nor counters is a PackML
object too, as OPC 30050 names it. What people say (orders, reasons, corrections) and what other sources say goes where
it always goes.
"""

from collections.abc import Sequence

from app.domain.events import codec
from app.domain.events.contract import Event, StateChanged
from app.domain.plant.equipment import Plant, Source
from simulators.output import Outlet, Raw
from simulators.servers.opcua_space import Line, Written
from simulators.servers.spots import Spots, Value, check_counters, said, signals_of, spots_of
from simulators.servers.thread import LoopThread
from simulators.traits import BadSimulation

GATEWAY = "opcua"
PACKML = {
    "clearing": 1, "stopped": 2, "starting": 3, "idle": 4, "suspended": 5, "execute": 6, "stopping": 7, "aborting": 8,
    "aborted": 9, "holding": 10, "held": 11, "unholding": 12, "suspending": 13, "unsuspending": 14, "resetting": 15,
    "completing": 16, "complete": 17, "run": 6, "stop": 2, "setup": 2, "starved": 5, "blocked": 5, "planned": 4,
}  # fmt: skip
"""Numbers of `StateCurrent` (ISA-TR88.00.02); PackML has no word for a change-over: stopped, and why is the reason."""
STATE, REASON = "Status/StateCurrent", "Admin/StopReason"
PROCESSED, DEFECTIVE = "Admin/ProdProcessedCount", "Admin/ProdDefectiveCount"


class PackMachine:
    """A machine that speaks PackML: its variables, by what it says."""

    def __init__(self, plant: Plant, path: str) -> None:
        self.object = path.rpartition("/")[2]
        counters = ((s.id, s.counter) for s in signals_of(plant, path).values())
        self._of = {name: counter.of for name, counter in counters if counter is not None}
        self._total: dict[str, int] = {"good": 0, "reject": 0}

    def writes(self, event: Event) -> list[tuple[str, Value]]:
        """Return (browse path below the object, value) of what it says; first the reason, then the state."""
        if isinstance(event, StateChanged):
            return [(REASON, event.reason or ""), (STATE, PACKML.get(event.state.lower(), 0))]
        found: list[tuple[str, Value]] = []
        for name, value in said(event):
            of = self._of.get(name)
            if of in self._total and isinstance(value, int | float):
                self._total[of] = int(value)
                if of == "reject":
                    found.append((DEFECTIVE, self._total["reject"]))
                found.append((PROCESSED, self._total["good"] + self._total["reject"]))
        return found


class OpcuaOutlet:
    """An outlet that says through OPC UA servers what they speak for, and hands on the rest."""

    def __init__(self, plant: Plant, rest: Outlet) -> None:
        self._rest, self._thread = rest, LoopThread("opcua-server")
        self._lines: dict[str, Line] = {}
        self._spots: dict[str, Spots] = {}
        self._packml: dict[str, PackMachine] = {}
        for source in (s for s in plant.sources if s.gateway == GATEWAY):
            self._add(plant, source)
        if not self._lines:
            raise BadSimulation("sources: none has `gateway: opcua`: nothing to serve")

    def _add(self, plant: Plant, source: Source) -> None:
        url = source.options.get("url")
        if not isinstance(url, str) or not url.startswith("opc.tcp://"):
            raise BadSimulation(f"sources.{source.id}.url: must be opc.tcp://host:port to be simulated, is {url!r}")
        if source.options.get("security", "none") != "none":
            raise BadSimulation(f"sources.{source.id}.security: only `none` is simulated: nobody has keys of a machine")
        spots = spots_of(plant, source)
        itself = {path for (path, what), spot in spots.items() if what == ".state" or spot.is_count}
        check_counters(plant, Source(source.id, source.gateway, tuple(itself), source.options), spots)
        line = Line(url)
        for spot in spots.values():
            line.declare(spot.address, "" if spot.is_word else 0 if spot.is_count else 0.0)
        for path in (path for path in source.machines if path not in itself):
            machine = self._packml[path] = PackMachine(plant, path)
            for below, first in ((STATE, 0), (REASON, ""), (PROCESSED, 0), (DEFECTIVE, 0)):
                line.declare(f"{machine.object}/{below}", first)
        self._lines[source.id], self._spots[source.id] = line, spots

    def __enter__(self) -> "OpcuaOutlet":
        self._thread.start()
        for line in self._lines.values():
            self._thread.do(line.start())
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines.values():
            self._thread.do(line.stop())
        self._thread.stop()

    def send(self, raws: Sequence[Raw]) -> None:
        """Say what the servers speak for, in order; hand on the rest first: it may be refused and come again."""
        events = [(raw, codec.decode(raw[1])) for raw in raws]
        if rest := [raw for raw, event in events if event.source not in self._lines]:
            self._rest.send(rest)
        by_line: dict[str, list[Written]] = {}
        for _, event in events:
            if event.source in self._lines:
                by_line.setdefault(event.source, []).extend(self._writes(event))
        for source, writes in by_line.items():
            self._thread.do(self._lines[source].say(writes))

    def behind(self) -> int:
        """Return by how many ms readers of the rest lag behind."""
        return self._rest.behind()

    def _writes(self, event: Event) -> list[Written]:
        machine = self._packml.get(event.machine)
        own = [] if machine is None else machine.writes(event)
        writes = [Written(f"{self._packml[event.machine].object}/{below}", value, event.t) for below, value in own]
        spots = self._spots[event.source]
        found = [(spots.get((event.machine, what)), value) for what, value in said(event)]
        return writes + [
            Written(spot.address, spot.served(value), event.t) for spot, value in found if spot is not None
        ]
