"""How fast the engine is against merely reading the same entries: `python -m tests.benchmarks.engine_ratio`.

The load is a backlog as a plant makes it: lines of ten machines, one gateway a line, a count a second and machine, a
change of state every few minutes. Each measurement runs in a child of its own against a real server; reading and
working are timed in turn on the same entries, the best of three of each counts. Prints

- the ratio to reading (bar >= 0.5): against our own bare read, and against redis-py's ordinary `xread`;
- the cost per event for 10, 100 and 1 000 machines with the same backlog each, and with a day and a year of history
  behind the line (bar 1.2x);
- what the ledger keeps in memory per machine after a day (bar 50 KB).
"""

import argparse
import gc
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.domain.accounting.ledger import Ledger
from app.domain.events import streams
from app.domain.events.codec import encode
from app.domain.events.contract import Counted, Event, StateChanged
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Plant
from app.engine.process import GARBAGE_EVERY, Engine, EngineConfig
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import START, LineLog
from tests.makers import plant_from

T0 = 1_774_656_000_000
BATCH = 5_000
PER_LINE = 10
CHANGE_EVERY = 200
STEPS = 40
EACH = 3_000
HOURS_A_COMMIT = 6


def a_plant_of(machines: int) -> Plant:
    """Return a plant of lines with ten machines each, working always."""
    lines = [
        {"id": f"line-{n}", "machines": [{"id": f"m{m}", "template": "any"} for m in range(PER_LINE)]}
        for n in range(machines // PER_LINE)
    ]
    always = [{"name": "day", "start": "00:00", "end": "24:00"}]
    site = {"id": "site", "timezone": "UTC", "shifts": always, "areas": [{"id": "area", "lines": lines}]}
    any_machine = {"cycle": {"default": "900ms"}, "stale_after": "90s"}
    reasons = [{"id": "technical", "children": [{"id": "jam", "failure": True}]}]
    return plant_from(
        {"version": 1, "enterprise": "Bench", "sites": [site], "templates": {"any": any_machine}, "reasons": reasons}
    )


@dataclass(frozen=True)
class Load:
    """A backlog: machines, how many events in all, and where in time it begins (UTC ms)."""

    machines: int
    events: int
    start: int = T0

    @property
    def end(self) -> int:
        """When the backlog ends, UTC ms."""
        return self.start + self.events // self.machines * 1_000

    def of_line(self, line: str) -> Iterator[Event]:
        """One line's events: a count a second from each machine, a short stop every few minutes."""
        for seq in range(self.events * PER_LINE // self.machines):
            machine, second = seq % PER_LINE, seq // PER_LINE
            common = {
                "machine": f"{line}/m{machine}",
                "t": self.start + second * 1_000,
                "source": f"gw-{line}",
                "epoch": self.start,
                "seq": seq,
            }
            phase = (second + 17 * machine) % CHANGE_EVERY
            if second == 0 or phase == 0:
                yield StateChanged(state="run", **common)
            elif phase == CHANGE_EVERY - 30:
                yield StateChanged(state="stop", reason="jam", **common)
            else:
                yield Counted(good=1 if phase < CHANGE_EVERY - 30 else 0, **common)


def fill(client: Client, plant: Plant, load: Load) -> None:
    """Put the backlog on the lines' streams."""
    log = LineLog(client)
    for line in plant.lines():
        log.append_many(line.path, [encode(event) for event in load.of_line(line.path)])


def read_bare(client: Client, plant: Plant, start: dict[str, bytes]) -> float:
    """Return seconds to read all entries the way the engine does, and do nothing with them."""
    log, positions, begun = LineLog(client), dict(start), time.perf_counter()
    while batches := log.read(positions, BATCH):
        positions |= {line: batch.last for line, batch in batches.items()}
    return time.perf_counter() - begun


def read_plain(url: str, plant: Plant, start: dict[str, bytes]) -> float:
    """Return seconds to read all entries with redis-py's ordinary `xread`, as most programs do."""
    client = client_of(url)
    positions, begun = {streams.events(line): position for line, position in start.items()}, time.perf_counter()
    while answer := client.xread(positions, count=BATCH):
        positions |= {key.decode(): entries[-1][0] for key, entries in answer}
    return time.perf_counter() - begun


def work(client: Client, plant: Plant, load: Load, *, is_told_once: bool = False) -> float:
    """Return seconds for the engine to read, decode, account, tell and checkpoint everything.

    is_told_once: the engine's clock stands, so that it commits at the end only, not each second.
    """
    begun = time.perf_counter()

    def clock() -> int:
        return load.end + (0 if is_told_once else int((time.perf_counter() - begun) * 1000))

    engine = Engine(client, plant, clock, EngineConfig("bench", batch=BATCH))
    start = time.perf_counter()
    while engine.cycle():
        pass
    engine.commit(clock(), last=True)
    spent = time.perf_counter() - start
    engine.finish()
    return spent


def ratio(url: str, machines: int, events: int) -> str:
    """Measure one plant: the engine against both ways of reading."""
    client, plant, load = client_of(url), a_plant_of(machines), Load(machines, events)
    client.flushall()
    fill(client, plant, load)
    start = {line.path: START for line in plant.lines()}
    bare = min(read_bare(client, plant, start) for _ in range(3))
    plain = min(read_plain(url, plant, start) for _ in range(3))
    best = 1e9
    for _ in range(3):
        forget(client, plant)
        best = min(best, work(client, plant, load))
    each = 1e6 / events
    return (
        f"bare read {bare * each:.2f}  xread {plain * each:.2f}  engine {best * each:.2f} us/event; "
        f"ratio {bare / best:.2f} to the bare read, {plain / best:.2f} to xread   bar >= 0.5"
    )


def cost(url: str, machines: int) -> str:
    """Measure a plant whose every machine has the same backlog.

    Told once: ten machines are done within a tick, a thousand in ten, and who is told more often has more work.
    """
    client, plant, load = client_of(url), a_plant_of(machines), Load(machines, machines * EACH)
    client.flushall()
    fill(client, plant, load)
    spent = []
    for _ in range(2):
        forget(client, plant)
        spent.append(work(client, plant, load, is_told_once=True))
    return f"{min(spent) * 1e6 / load.events:.2f}"


def tell_all(client: Client, plant: Plant, hours: int, now: int) -> None:
    """Let the engine tell history all hours that wait: a few with each commit, as it does beside its work."""
    engine = Engine(client, plant, lambda: now, EngineConfig("bench", batch=BATCH))
    engine.cycle()
    for _ in range(hours // HOURS_A_COMMIT + 1):
        engine.commit(now)
    engine.finish()


def forget(client: Client, plant: Plant) -> None:
    """Drop everything an engine left, but the events."""
    for line in plant.lines():
        for name in (streams.state, streams.facts, streams.pages, streams.live, streams.lease):
            client.delete(name(line.path))


def after_history(url: str, days: int, events: int) -> str:
    """Measure the same backlog on a line with `days` days behind it, worked on up to 40 of them, every hour told."""
    client, plant = client_of(url), a_plant_of(PER_LINE)
    client.flushall()
    for back in range(days, 0, -max(1, days // STEPS)):
        sparse = Load(PER_LINE, PER_LINE * 200, T0 - back * DAY_MS)
        fill(client, plant, sparse)
        work(client, plant, sparse)
    tell_all(client, plant, days * 24, T0)
    load = Load(PER_LINE, events)
    fill(client, plant, load)
    return f"{work(client, plant, load) * 1e6 / events:.2f}"


def memory(hours: int) -> str:
    """Return KB a machine that the ledger keeps after so many hours of the load."""
    plant, load = a_plant_of(PER_LINE), Load(PER_LINE, PER_LINE * 3_600 * hours)
    line = next(plant.lines())

    class Pages:
        def load(self, key: str) -> bytes | None:
            return None

    ledger, batch = Ledger(line, plant, Pages()), []
    tracemalloc.start()
    for event in load.of_line(line.path):
        batch.append(event)
        if len(batch) == BATCH:
            ledger.apply(batch)
            ledger.settle(batch[-1].t)
            ledger.changed_pages()
            batch = []
    ledger.apply(batch)
    ledger.changed_pages()
    batch.clear()
    gc.collect()
    return f"{tracemalloc.get_traced_memory()[0] / 1024 / PER_LINE:.1f}"


def in_child(measure: Callable[[], str]) -> str:
    """Run in a child of its own, so that one measurement is not the next one's."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(into, measure().encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def least(times: int, measure: Callable[[], list[str]]) -> list[str]:
    """Return the smallest of each figure in so many rounds: other processes only ever add."""
    return [min(figures, key=float) for figures in zip(*(measure() for _ in range(times)), strict=True)]


def flat(costs: list[str]) -> str:
    """Say the costs and the dearest against the first."""
    return f"{', '.join(costs)} us/event; {max(map(float, costs)) / float(costs[0]):.2f}x   bar <= 1.2x"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    gc.set_threshold(GARBAGE_EVERY, 50, 100)
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as server:
        url = server.url
        print("a million events:", in_child(lambda: ratio(url, PER_LINE, events)), flush=True)
        grown = [in_child(lambda m=machines: cost(url, m)) for machines in (10, 100, 1_000)]
        print(f"10, 100, 1000 machines, {EACH} events each: {flat(grown)}", flush=True)
        aged = least(3, lambda: [in_child(lambda d=days: after_history(url, d, events // 4)) for days in (1, 365)])
        print(f"1, 365 days of history behind: {flat(aged)}", flush=True)
        kept = [in_child(lambda h=hours: memory(h)) for hours in (8, 16, 24)]
        print(f"ledger after 8, 16, 24 hours: {', '.join(kept)} KB a machine   bar <= 50", flush=True)


if __name__ == "__main__":
    main()
