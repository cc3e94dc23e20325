"""A run of the simulated plant: fast through the past, then at the pace of the clock, stoppable and resumable."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import Plant
from simulators.faults import LEVELS, Dirt, Dirty, dirt_of
from simulators.line import Pace
from simulators.output import Sender
from simulators.traits import section
from simulators.truth import Book
from simulators.world import Spoken, World

COARSE = Pace(count_ms=60_000, value_ms=600_000, alive_ms=60_000)
WARM = Pace(count_ms=60_000, value_ms=300_000, alive_ms=60_000)
LIVE = Pace(count_ms=5_000, value_ms=10_000, alive_ms=15_000)
SLICE_MS = 10 * MINUTE_MS
TICK_S = 0.25


class Mark(msgspec.Struct, frozen=True):
    """How far a run has come, kept on disk. start: UTC ms at which it began; until: what was handed out so far."""

    start: int
    end: int
    until: int
    seed: int


class Marks:
    """One mark in a file, replaced atomically; without a file nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> Mark | None:
        """Return the mark of an earlier run; None when there is none or it cannot be read."""
        if self._path is None or not self._path.exists():
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Mark)
        except msgspec.DecodeError:
            return None

    def save(self, mark: Mark) -> None:
        """Replace the mark."""
        if self._path is not None:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_bytes(msgspec.json.encode(mark))
            fresh.replace(self._path)


class Road:
    """What lies between the world and the sender: dirt per line."""

    def __init__(self, plant: Plant, seed: int, book: Book, level: str | None) -> None:
        """level: dirt of every source the plant file does not name. Raises BadDirt, BadSimulation."""
        block = section(plant.simulation, "dirty", "simulation")
        named: Mapping[str, Dirt] = {k: dirt_of(v, f"simulation.dirty.{k}") for k, v in block.items()}
        default = LEVELS["clean"] if level is None else dirt_of(level, "--dirty")
        levels = {} if level == "clean" else named
        self._dirty = {w.path: Dirty(w, levels, default, f"{seed}/{w.path}", book) for w in plant.lines()}

    def carry(self, spoken: Iterable[Spoken]) -> list[Spoken]:
        """Return what arrives, in order of arrival."""
        return [(line, arrived) for line, event in spoken for arrived in self._dirty[line].feed(event)]

    def rest(self) -> list[Spoken]:
        """Return what is still on its way."""
        return [(line, event) for line, dirty in self._dirty.items() for event in dirty.rest()]


@dataclass(frozen=True, slots=True)
class Run:
    """The parts of a run. is_stopped: somebody asked the process to stop."""

    world: World
    road: Road
    sender: Sender
    marks: Marks
    seed: int
    is_stopped: Callable[[], bool]


def past(run: Run, window: Interval, done: int) -> bool:
    """Send all of `window` as fast as it is taken, skipping what was sent up to `done`; False when stopped.

    A kill in between repeats at most ten minutes of simulated time with the same identities: counted once.
    """
    for until in _slices(window):
        spoken = run.road.carry(run.world.advance(until))
        if until > done:
            if run.is_stopped() or not run.sender.send(spoken):
                return False
            run.marks.save(Mark(window.start, window.end, until, run.seed))
    return run.sender.send(run.road.carry(run.world.finish()) + run.road.rest())


def present(
    run: Run, warm: Interval, clock: Callable[[], int], until: int | None, wait: Callable[[float], bool]
) -> None:
    """Send [warm.start, warm.end) at once, then go on at the pace of `clock` (UTC ms) up to `until` or for ever.

    The mark is saved before sending: a kill loses a moment and repeats nothing. Open orders end when the run ends.
    """
    start, going = warm.start, True
    for at in _slices(warm):
        going = going and _step(run, start, at)
    run.world.pace.change_to(LIVE)
    while going and (until is None or run.world.now < until):
        at = clock() if until is None else min(clock(), until)
        going = _step(run, start, at) and not (run.world.now != until and wait(TICK_S))
    run.sender.send(run.road.carry(run.world.finish()) + run.road.rest())


def _step(run: Run, start: int, at: int) -> bool:
    if at <= run.world.now:
        return not run.is_stopped()
    spoken = run.road.carry(run.world.advance(at))
    run.marks.save(Mark(start, at, at, run.seed))
    return run.sender.send(spoken) and not run.is_stopped()


def _slices(window: Interval) -> Iterable[int]:
    return (min(t, window.end) for t in range(window.start + SLICE_MS, window.end + SLICE_MS, SLICE_MS))
