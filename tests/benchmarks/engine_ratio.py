"""How fast the engine is against merely reading the same entries: `python -m tests.benchmarks.engine_ratio`.

Prints the ratio (bar >= 0.5), the cost per event for 10 and 1 000 machines and for a day and a year of history (bar
1.2x), and the engine's memory per machine (bar 50 KB). Everything against a real server, in one run.
"""

import argparse
import gc
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog

from app.domain.events.codec import encode
from app.domain.events.contract import Counted, Event, StateChanged
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Plant
from app.engine.process import GARBAGE_EVERY, Engine, EngineConfig
from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import START, LineLog
from tests.makers import a_plant

T0 = 1_774_731_600_000
LINE = "site/area/line-1"
BATCH = 5_000


@dataclass(frozen=True)
class Load:
    """A load of events: machines, how many events, and over how long they are spread."""

    machines: int
    events: int
    span_ms: int

    def plant(self) -> Plant:
        return a_plant(machines=[f"m{n}" for n in range(self.machines)])

    def made(self) -> Iterator[Event]:
        """Counts, and a short stop every now and then, evenly over all machines and the whole span."""
        for n in range(self.events):
            machine, turn = n % self.machines, n // self.machines
            t = T0 + n * self.span_ms // self.events
            common = {"machine": f"{LINE}/m{machine}", "t": t, "source": f"gw{machine}", "epoch": 1, "seq": turn}
            if turn % 50 == 0:
                yield StateChanged(state="run", **common)
            elif turn % 50 == 40:
                yield StateChanged(state="stop", reason="jam", **common)
            else:
                yield Counted(good=1, **common)


def read_only(log: LineLog) -> float:
    """Return seconds to read everything, and do nothing with it."""
    position, start = START, time.perf_counter()
    while batches := log.read({LINE: position}, BATCH):
        position = batches[LINE].last
    return time.perf_counter() - start


def through_engine(client: Client, load: Load) -> tuple[float, float]:
    """Return seconds for the engine to read, decode, account, tell and checkpoint everything; and KB per machine."""
    before = rss()
    end = T0 + load.span_ms
    begun = time.perf_counter()

    def clock() -> int:
        return end + int((time.perf_counter() - begun) * 1000)

    engine = Engine(client, load.plant(), clock, EngineConfig("bench", batch=BATCH))
    start = time.perf_counter()
    while engine.cycle():
        pass
    engine.commit(clock(), last=True)
    spent = time.perf_counter() - start
    per_machine = (rss() - before) / load.machines / 1024
    engine.finish()
    return spent, per_machine


def rss() -> int:
    """Return this process's memory in bytes."""
    gc.collect()
    return psutil.Process().memory_info().rss


def measure(client: Client, load: Load) -> tuple[float, float, float]:
    """Return events/s of reading alone, of the engine, and the engine's KB per machine; best of three."""
    client.flushall()
    log = LineLog(client)
    rows: list[bytes] = []
    for event in load.made():
        rows.append(encode(event))
        if len(rows) == 20_000:
            log.append_many(LINE, rows)
            rows.clear()
    log.append_many(LINE, rows)
    reading, engine, memory = 0.0, 0.0, 0.0
    for _ in range(3):
        reading = max(reading, load.events / read_only(log))
        for name in ("state", "facts", "pages", "live", "lease"):
            client.delete(f"{name}:{{{LINE}}}")
        spent, per_machine = through_engine(client, load)
        engine = max(engine, load.events / spent)
        memory = max(memory, per_machine)
    return reading, engine, memory


def in_child(work: Callable[[], str]) -> str:
    """Run in a child of its own, so that one load's memory is not the next one's."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(into, work().encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    count = parser.parse_args().events
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[])
    loads = {
        "10 machines, 1 hour": Load(10, count, DAY_MS // 24),
        "10 machines, 1 day": Load(10, count, DAY_MS),
        "1000 machines, 1 day": Load(1_000, count, DAY_MS),
        "10 machines, 1 year": Load(10, count, 365 * DAY_MS),
    }
    gc.set_threshold(GARBAGE_EVERY, 50, 100)
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as server:
        for name, load in loads.items():

            def work(load: Load = load) -> str:
                reading, engine, memory = measure(client_of(server.url), load)
                return (
                    f"read {reading:9,.0f}/s  engine {engine:9,.0f}/s  ratio {engine / reading:.2f}  "
                    f"{1e6 / engine:5.2f} us/event  {memory:7.1f} KB/machine"
                )

            print(f"{name:22}", in_child(work), flush=True)
    print("peak memory of children MB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
