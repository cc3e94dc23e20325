"""`--as modbus`: the machines of every `gateway: modbus` source are registers of a Modbus TCP server at its `url`.

States are the whole numbers of the machine's `states`; counters roll over where their register ends. What people say
(orders, reasons, corrections) and what other sources say goes where it always goes.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from itertools import combinations, count
from typing import NamedTuple
from urllib.parse import urlsplit

from app.domain.events import codec
from app.domain.events.contract import Event
from app.domain.plant.equipment import Plant, Source, StateMapping
from gateways.modbus.mapping import BIT_TABLES, FORMATS, BadAddress, Point, Usual, point_of
from simulators.output import Outlet, Raw
from simulators.servers.modbus_device import Device, Values
from simulators.servers.spots import Spot, Value, check_counters, said, signals_of, spots_of
from simulators.servers.thread import LoopThread
from simulators.traits import BadSimulation

GATEWAY = "modbus"
PORT = 502
RUNS, STOPS = ("run", "execute", "running"), ("stop", "stopped", "aborted", "held")


class Served(NamedTuple):
    """One address: where it is, and for a state in a number how many each raw value is."""

    spot: Spot
    point: Point
    states: Mapping[str, int]

    def value(self, said: Value) -> Value:
        """Return what to serve when the machine says `said`; a state without a number of its own is a stop."""
        if not self.spot.is_word:
            return self.spot.served(said)
        return self.states.get(str(said), self.states["stop"]) if self.states else said or ""


class ModbusOutlet:
    """An outlet that says through Modbus servers what they speak for, and hands on the rest."""

    def __init__(self, plant: Plant, rest: Outlet) -> None:
        self._rest, self._thread = rest, LoopThread("modbus-server")
        self._devices: dict[str, Device] = {}
        self._served: dict[str, Mapping[tuple[str, str], Served]] = {}
        for source in (s for s in plant.sources if s.gateway == GATEWAY):
            self._served[source.id] = served = served_of(plant, source)
            self._devices[source.id] = device = _device(source)
            for one in served.values():
                device.declare(one.point.unit, one.point.table, one.point.start, one.point.length)
        if not self._devices:
            raise BadSimulation("sources: none has `gateway: modbus` and a mapping: nothing to serve")

    def __enter__(self) -> "ModbusOutlet":
        self._thread.start()
        for source, device in self._devices.items():
            for one in self._served[source].values():
                if one.states:
                    self._thread.do(_write(device, one.point, _number_of_nothing(one.states), wraps=False))
            try:
                self._thread.do(device.start())
            except OSError as error:
                raise BadSimulation(f"sources.{source}.url: nothing can be served there: {error}") from error
        return self

    def __exit__(self, *_: object) -> None:
        for device in self._devices.values():
            self._thread.do(device.stop())
        self._thread.stop()

    def send(self, raws: Sequence[Raw]) -> None:
        """Say what the servers speak for, in order; hand on the rest first: it may be refused and come again."""
        events = [(raw, codec.decode(raw[1])) for raw in raws]
        if rest := [raw for raw, event in events if event.source not in self._devices]:
            self._rest.send(rest)
        self._thread.do(self._say([event for _, event in events if event.source in self._devices]))

    def behind(self) -> int:
        """Return by how many ms readers of the rest lag behind."""
        return self._rest.behind()

    async def _say(self, events: Sequence[Event]) -> None:
        for event in events:
            for what, value in said(event):
                one = self._served[event.source].get((event.machine, what))
                if one is not None:
                    device = self._devices[event.source]
                    await _write(device, one.point, one.value(value), wraps=one.spot.is_count)


def served_of(plant: Plant, source: Source) -> Mapping[tuple[str, str], Served]:
    """Return where each thing is that the source maps. Raises BadSimulation naming the key."""
    spots = spots_of(plant, source)
    check_counters(plant, source, spots)
    usual, found = _usual(source), {}
    for (path, what), spot in spots.items():
        try:
            point = point_of(spot.address, usual)
        except BadAddress as error:
            raise BadSimulation(f"sources.{source.id}.mapping: {error}") from error
        states: Mapping[str, int] = {}
        if what == ".state":
            states = _states(plant, path, point)
        elif what == ".reason":
            _check_words(f"sources.{source.id}.mapping: {spot.address}", point, [r.id for r in plant.reasons.leaves()])
        elif spot.is_count:
            _check_counter(plant, path, what, point)
        found[path, what] = Served(spot, point, states)
    for one, other in combinations([s.point for s in found.values()], 2):
        if _overlap(one, other):
            both = f"`{one.address}` and `{other.address}`"
            raise BadSimulation(f"sources.{source.id}.mapping: {both} are the same register: one would hide the other")
    return found


def encoded(point: Point, value: Value, *, wraps: bool) -> Values | None:
    """Return the registers of a value, the inverse of what a gateway reads; None when they cannot say it.

    wraps: a counter, which rolls over where its register ends (a signed one before it turns negative); any other
    number stays at the last one that fits.
    """
    if point.type == "string":
        raw = str(value or "").encode()[: 2 * point.length].ljust(2 * point.length, b"\0")
    elif point.type.startswith("float"):
        raw = struct.pack(FORMATS[point.type], value if isinstance(value, int | float) else math.nan)
    elif isinstance(value, int | float):
        raw = struct.pack(FORMATS[point.type], _whole(point.type, value, wraps=wraps))
    else:
        return None
    pairs = [raw[at : at + 2] for at in range(0, len(raw), 2)]
    if point.words == "little" and point.type != "string":
        pairs.reverse()
    return [int.from_bytes(pair, point.bytes) for pair in pairs]


async def _write(device: Device, point: Point, value: Value, *, wraps: bool) -> None:
    values: Values | None
    if point.table in BIT_TABLES:
        values = [bool(value)]
    elif point.bit is not None:
        raw = device.held(point.unit, point.table, point.start).to_bytes(2, point.bytes)
        others = int.from_bytes(raw, "big") & ~(1 << point.bit)
        values = [int.from_bytes((others | bool(value) << point.bit).to_bytes(2, "big"), point.bytes)]
    else:
        values = encoded(point, value, wraps=wraps)
    if values is not None:
        await device.write(point.unit, point.table, point.start, values)


def _whole(kind: str, value: float, *, wraps: bool) -> int:
    bits, is_signed = struct.calcsize(FORMATS[kind]) * 8, not kind.startswith("u")
    end = 1 << bits - is_signed
    return round(value) % end if wraps else max(-end if is_signed else 0, min(end - 1, round(value)))


def _states(plant: Plant, path: str, point: Point) -> Mapping[str, int]:
    """Return the number of each raw state, and of run and stop; none of a state in text. Raises BadSimulation."""
    machine = plant.resolve(path)[1]
    states: Mapping[str, StateMapping] = {} if machine is None else machine.states
    where = f"{path}.states"
    if point.type == "string":
        _check_words(where, point, [*states, "starved", "blocked", "planned", "setup"])
        return {}
    for raw in states:
        if not raw.isdecimal():
            raise BadSimulation(f"{where}.{raw}: must be a whole number: a register holds no word")
        if point.type not in FORMATS or _whole(point.type, int(raw), wraps=False) != int(raw):
            raise BadSimulation(f"{where}.{raw}: does not fit into {point.address}")
    found = {raw: int(raw) for raw in states}
    plain = {meaning.state.lower(): int(raw) for raw, meaning in states.items() if meaning.reason is None}
    for words in (RUNS, STOPS):
        numbers = [plain[word] for word in words if word in plain]
        if not numbers:
            raise BadSimulation(f'{where}: must have a whole number for `{words[0]}`, such as "2": {words[0]}')
        found[words[0]] = numbers[0]
    return found


def _number_of_nothing(states: Mapping[str, int]) -> int:
    """Return a number that is no state: what the register holds before the machine said anything."""
    return next(n for n in count() if n not in states.values())


def _check_words(where: str, point: Point, words: Sequence[str]) -> None:
    longest = max((len(word.encode()) for word in words), default=1)
    if point.type != "string" or longest > 2 * point.length:
        raise BadSimulation(f"{where}: must be words in string[{(longest + 1) // 2}] or longer, is {point.address}")


def _check_counter(plant: Plant, path: str, what: str, point: Point) -> None:
    counter = signals_of(plant, path)[what].counter
    where = f"{path}.signals.{what}"
    if counter is not None and counter.kind != "cumulative":
        why = f"must be cumulative: whoever reads now and then misses a {counter.kind}"
        raise BadSimulation(f"{where}.counter.kind: {why}")
    if point.type not in FORMATS:
        raise BadSimulation(f"{where}: a counter must be in a number, is {point.address}")


def _overlap(one: Point, other: Point) -> bool:
    if (one.unit, one.table) != (other.unit, other.table):
        return False
    if one.bit is not None and other.bit is not None and one.start == other.start:
        return one.bit == other.bit
    return one.start < other.start + other.length and other.start < one.start + one.length


def _usual(source: Source) -> Usual:
    options = source.options
    unit = options.get("unit", 1)
    return Usual(
        unit=unit if isinstance(unit, int) else 1,
        words="little" if options.get("word_order") == "little" else "big",
        bytes="little" if options.get("byte_order") == "little" else "big",
        numbering=str(options.get("numbering", "reference")),
    )


def _device(source: Source) -> Device:
    url = urlsplit(str(source.options.get("url")))
    if url.scheme != "modbus" or not url.hostname:
        raise BadSimulation(f"sources.{source.id}.url: must be modbus://host:port to be simulated, is {url.geturl()!r}")
    return Device(url.hostname, url.port or PORT)
