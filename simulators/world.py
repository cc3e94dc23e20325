"""A whole plant in simulated time: every line by itself, their events merged by time."""

from collections.abc import Iterator, Sequence

from app.domain.events.contract import Event
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.equipment import Plant
from simulators.line import Line, Pace
from simulators.mouth import Mouth
from simulators.truth import Book, Nowhere

Spoken = tuple[str, Event]


class World:
    """The simulated plant. Same plant, seed and start: the same events, byte for byte.

    start: UTC ms. lines: paths to simulate, None = all. suffix: appended to every source.
    counters: say running totals where the plant declares counters. Raises BadSimulation when
    the plant file's `simulation:` block is wrong.
    """

    def __init__(
        self,
        plant: Plant,
        seed: int,
        start: int,
        *,
        lines: Sequence[str] | None = None,
        suffix: str = "",
        pace: Pace | None = None,
        book: Book | None = None,
        counters: bool = False,
    ) -> None:  # fmt: skip
        self.pace = pace or Pace()
        self.now = start
        book = book or Nowhere()
        mouths = [Mouth(plant, w, start, suffix=suffix, counters=counters) for w in plant.lines()]
        every = [Line(plant, w, seed, m, book, self.pace) for w, m in zip(plant.lines(), mouths, strict=True)]
        ills = {line.path: line.chronic() for line in every}
        if not any(ills.values()):
            sick = next((line for line in every if line.default_chronic()), None)
            ills.update({sick.path: sick.default_chronic()} if sick is not None else {})
        self.lines = [line for line in every if lines is None or line.path in lines]
        for line in self.lines:
            line.start(start, ills[line.path])

    def advance(self, until: int) -> list[Spoken]:
        """Let the plant live up to `until` (excluded); return what was said, by time."""
        for line in self.lines:
            line.advance(until)
        self.now = max(self.now, until)
        return self._said()

    def finish(self) -> list[Spoken]:
        """End here: last counts, open orders ended, truth closed; return what was said."""
        for line in self.lines:
            line.finish()
        return self._said()

    def _said(self) -> list[Spoken]:
        said = [(line.path, event) for line in self.lines for event in line.mouth.take()]
        said.sort(key=_time)
        return said


def _time(spoken: Spoken) -> int:
    return spoken[1].t


def simulate(
    plant: Plant,
    seed: int,
    window: Interval,
    *,
    lines: Sequence[str] | None = None,
    pace: Pace | None = None,
    book: Book | None = None,
    suffix: str = "",
    counters: bool = False,
) -> Iterator[Event]:
    """Yield every event of `window` by time; the last counts and order ends carry t = window.end.

    book: where the truth goes. Deterministic: same plant, seed and window give the same events.
    """
    world = World(plant, seed, window.start, lines=lines, pace=pace, book=book, suffix=suffix, counters=counters)
    for until in range(window.start + HOUR_MS, window.end + HOUR_MS, HOUR_MS):
        for _, event in world.advance(min(until, window.end)):
            yield event
    for _, event in world.finish():
        yield event
