"""An engine on a real server with a hand-moved clock, and the reference: one ledger over the whole log at once."""

import threading
from collections.abc import Iterable

from app.domain.accounting.buckets import Components
from app.domain.accounting.facts import HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.codec import MalformedEvent, decode, encode
from app.domain.events.contract import Counted, Event, StateChanged
from app.domain.plant.equipment import Plant
from app.engine.process import Engine, EngineConfig
from app.streams.connection import Client
from app.streams.facts import FactLog
from app.streams.log import START, LineLog

LINE = "site/area/line-1"
T0 = 1_774_731_600_000
Told = dict[tuple[str, int], list[tuple[object, Components]]]


class HandClock:
    """A clock that moves when told, and a little with every look."""

    def __init__(self, now: int = T0) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now


def an_engine(client: Client, plant: Plant, clock: HandClock, owner: str = "engine-1", **config: int) -> Engine:
    return Engine(client, plant, clock, EngineConfig(owner, **{"batch": 500, **config}))


def some_events(
    count: int, source: str = "gw", machine: str = "machine", epoch: int = 1, start: int = T0
) -> list[Event]:
    """Runs, stops and counts of one machine, a second apart, numbered without a gap."""
    common = {"machine": f"{LINE}/{machine}", "source": source, "epoch": epoch}
    made: list[Event] = []
    for n in range(count):
        t = start + n * 1_000
        if n % 40 in (0, 30):
            made.append(StateChanged(state="run" if n % 40 == 0 else "stop", t=t, seq=n, **common))
        else:
            made.append(Counted(good=n % 3, reject=int(n % 7 == 0), t=t, seq=n, **common))
    return made


def put(client: Client, events: Iterable[Event]) -> None:
    LineLog(client).append_many(LINE, [encode(event) for event in events])


def drain(engine: Engine) -> None:
    """Let the engine read what there is."""
    while engine.cycle():
        pass


def told(client: Client) -> Told:
    """What history would hold: the last fact of each equipment and hour."""
    found: Told = {}
    for entry in FactLog(client).read({LINE: b"0-0"}, 1_000_000).get(LINE, []):
        for fact in entry.facts:
            if isinstance(fact, HourFact):
                found[fact.equipment, fact.hour] = [(cell.key, cell.components) for cell in fact.cells]
    return found


def reference(client: Client, plant: Plant, now: int) -> Told:
    """What one ledger tells that reads the whole log at once and is never interrupted."""
    ledger = Ledger(plant.line(LINE), plant, NoPages())
    batch = LineLog(client).read({LINE: START}, 10_000_000).get(LINE)
    ledger.apply([event for raw in (batch.raws if batch else []) if (event := event_of(raw)) is not None])
    told: Told = {}
    for _ in range(10_000):  # a few hours are told at a time
        facts = [fact for fact in ledger.settle(now, open_hours=True) if isinstance(fact, HourFact)]
        news = {(f.equipment, f.hour): [(cell.key, cell.components) for cell in f.cells] for f in facts}
        if told | news == told:
            break
        told |= news
    return told


def event_of(raw: bytes) -> Event | None:
    try:
        return decode(raw)
    except MalformedEvent:
        return None


class NoPages:
    """A page store with nothing in it: the reference never evicts."""

    def load(self, key: str) -> bytes | None:
        return None


def totals(hours: Told) -> dict[str, tuple[int, int]]:
    """Good and rejects of each equipment over all hours."""
    sums: dict[str, tuple[int, int]] = {}
    for (equipment, _), cells in hours.items():
        good, reject = sums.get(equipment, (0, 0))
        sums[equipment] = (good + sum(c.good for _, c in cells), reject + sum(c.reject for _, c in cells))
    return sums


def a_stop() -> threading.Event:
    return threading.Event()
