"""A production schedule: orders in sequence on lines, with set-ups, in open time only; what it costs, when it ends.

Durations ms, times UTC ms, quantities units of the product's resolution. The objective is counted in minutes: lateness
of every order times its priority, and set-ups (weighted tardiness, `sum w_j T_j + sum s_ij`; Pinedo, Scheduling, 2016,
ch. 3). What cannot be placed before the windows end is late until then, and half as much again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from app.domain.decisions.cursor import Cursor
from app.domain.decisions.worktime import WorkTime
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.domain.roles import covers

NOWHERE = "schedule.why.no_line"
NEW = "schedule.why.new"
TOO_LATE = "schedule.why.horizon"
Sequences = Mapping[str, tuple[str, ...]]
"""Line path -> orders as they follow one another."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted. quantity: still to be made; priority: 1 (usual) to 9; earliest: not before; place: made there."""

    order: str
    product: str
    quantity: int
    due: int
    priority: int = 1
    earliest: int | None = None
    place: str = ""


class Pace(NamedTuple):
    """How fast a line makes a product.

    per_h: good units per planned hour without set-ups; spread: standard deviation of one shift, as a fraction of it;
    shifts: how many it is from, 0: the plant file's ideal rate times OEE target.
    """

    per_h: float
    spread: float = 0.0
    shifts: int = 0


class Running(NamedTuple):
    """The order on a line now. left: units still to be made, None: nobody said how many; rest: them, as demand.

    rest None: nobody said how many or until when.
    """

    order: str
    product: str | None
    left: int | None
    rest: Demand | None = None

    def late_ms(self, end: int | None) -> int:
        """Return by how much it is late when it ends at `end`."""
        return 0 if end is None or self.rest is None else max(0, end - self.rest.due)


@dataclass(frozen=True, slots=True)
class LineCapability:
    """What a line can make and when. setups: as WorkCenter.setup_target_ms; windows: open time from now on."""

    line: str
    paces: Mapping[str, Pace]
    windows: tuple[Interval, ...]
    setups: Mapping[tuple[str | None, str | None], int] = field(default_factory=dict)
    running: Running | None = None

    def setup_ms(self, before: str | None, product: str) -> int:
        """Return the change-over's standard; nothing when the product stays or none was made before."""
        if before is None or before == product:
            return 0
        for key in ((before, product), (None, product), (before, None), (None, None)):
            if key in self.setups:
                return self.setups[key]
        return 0

    def work_ms(self, product: str, quantity: int) -> int:
        """Return the working time a quantity takes. Raises KeyError for what the line does not make."""
        return max(1, ceil(quantity * HOUR_MS / self.paces[product].per_h))

    def can_make(self, demand: Demand) -> bool:
        """Return whether the line makes the product, where it is wanted."""
        return demand.product in self.paces and (not demand.place or covers(demand.place, self.line))


@dataclass(frozen=True, slots=True)
class Assignment:
    """An order on a line: set up from setup_start, made from start, done at end; low, high: between which in 8 of 10.

    high None: after everything the calendar knows. running: it is being made now, start is now.
    """

    order: str
    line: str
    setup_start: int
    start: int
    end: int
    setup_ms: int
    low: int
    high: int | None
    running: bool = False


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An order without a place; why: a text key."""

    order: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Orders on lines. cost: the objective, minutes; late_ms: lateness of all orders, unweighted."""

    assignments: tuple[Assignment, ...]
    unplanned: tuple[Unplanned, ...]
    cost: float
    late_ms: int
    setup_ms: int


class LineRun(NamedTuple):
    """One line's part of a plan."""

    assignments: list[Assignment]
    unplanned: list[Unplanned]
    cost: float
    late_ms: int
    setup_ms: int


Runs = dict[tuple[str, tuple[str, ...]], LineRun]
"""What lines do with sequences, by both."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Lines, what is wanted of them, now (UTC ms): turns sequences into times and cost."""

    lines: Mapping[str, LineCapability]
    demands: Mapping[str, Demand]
    now: int
    _times: dict[str, WorkTime] = field(default_factory=dict, repr=False, compare=False)

    def time(self, line: str) -> WorkTime:
        """Return a line's working time."""
        if line not in self._times:
            self._times[line] = WorkTime(self.lines[line].windows)
        return self._times[line]

    def able(self, order: str) -> list[str]:
        """Return the lines that can make an order and are open at all."""
        wanted = self.demands[order]
        return [path for path, line in self.lines.items() if line.windows and line.can_make(wanted)]

    def kept(self, sequences: Sequences) -> dict[str, tuple[str, ...]]:
        """Return sequences without what is no longer to be made there; what is new is in none of them."""
        return {
            line: tuple(o for o in orders if o in self.demands and line in self.able(o))
            for line, orders in sequences.items()
            if line in self.lines
        }

    def plan(self, sequences: Sequences, known: "Runs | None" = None) -> Plan:
        """Return the plan of these sequences; what is in none of them has no line.

        known: runs reckoned before on this floor; those of lines that did not change are taken from it, others put in.
        """
        known, runs = {} if known is None else known, list[LineRun]()
        for line in self.lines:
            key = (line, sequences.get(line, ()))
            if key not in known:
                known[key] = self.run(*key)
            runs.append(known[key])
        placed = {order for orders in sequences.values() for order in orders}
        homeless = [Unplanned(o, NEW if self.able(o) else NOWHERE) for o in self.demands if o not in placed]
        return Plan(
            tuple(a for run in runs for a in run.assignments),
            (*homeless, *(u for run in runs for u in run.unplanned)),
            sum(run.cost for run in runs),
            sum(run.late_ms for run in runs),
            sum(run.setup_ms for run in runs),
        )

    def run(self, path: str, orders: Sequence[str]) -> LineRun:
        """Return one line's orders with times, each as early as it can be."""
        line, time, at = self.lines[path], self.time(path), Cursor()
        first = self._running(line, time, at)
        done, lost = [first] if first is not None else [], []
        late = self._late_now(line, time, at)
        weighed = _weight(line) * late
        for order in orders:
            wanted = self.demands[order]
            placed = self._place(line, time, at, wanted)
            if placed is None:
                behind = self._lost(time, wanted)
                lost.append(Unplanned(order, TOO_LATE))
            else:
                behind = max(0, placed.end - wanted.due)
                done.append(placed)
            late += behind
            weighed += wanted.priority * behind
        return LineRun(done, lost, (weighed + at.setup_ms) / MINUTE_MS, late, at.setup_ms)

    def after(self, path: str, orders: Sequence[str]) -> Cursor:
        """Return how far a line is once it has made these orders."""
        line, time, at = self.lines[path], self.time(path), Cursor()
        self._running(line, time, at)
        for order in orders:
            self._place(line, time, at, self.demands[order])
        return at

    def _running(self, line: LineCapability, time: WorkTime, at: Cursor) -> Assignment | None:
        now = line.running
        if now is None:
            return None
        at.product = now.product
        pace = line.paces.get(now.product or "")
        if now.left is None or pace is None:
            return None
        at.add(line.work_ms(now.product or "", now.left) if now.left > 0 else 0, pace.spread)
        end = time.ends(at.work)
        if end is None:
            return None
        return Assignment(now.order, line.line, self.now, self.now, end, 0, *at.band(time, self.now), running=True)

    def _late_now(self, line: LineCapability, time: WorkTime, at: Cursor) -> int:
        """How late the running order is; what does not end in open time is late until the end of it."""
        if line.running is None or line.running.rest is None:
            return 0
        end = time.ends(at.work)
        return self._lost(time, line.running.rest) if end is None else line.running.late_ms(end)

    def cost(self, path: str, orders: Sequence[str]) -> float:
        """Return the cost of one line's sequence, as `run` does but without times: searches ask thousands of times."""
        line, time, at = self.lines[path], self.time(path), Cursor()
        self._running(line, time, at)
        work, product, setups, late = at.work, at.product, 0, _weight(line) * self._late_now(line, time, at)
        for order in orders:
            wanted = self.demands[order]
            _, ended, setup = _step(line, time, (work, product), wanted)
            end = time.ends(ended)
            late += wanted.priority * (self._lost(time, wanted) if end is None else max(0, end - wanted.due))
            if end is not None:
                work, product, setups = ended, wanted.product, setups + setup
        return (late + setups) / MINUTE_MS

    def _lost(self, time: WorkTime, wanted: Demand) -> int:
        end = time.windows[-1].end if time.windows else self.now
        return max(0, end - wanted.due) * 3 // 2 + MINUTE_MS

    def _place(self, line: LineCapability, time: WorkTime, at: Cursor, wanted: Demand) -> Assignment | None:
        begin, ended, setup = _step(line, time, (at.work, at.product), wanted)
        setup_start, start, end = time.begins(begin - setup), time.begins(begin), time.ends(ended)
        if setup_start is None or start is None or end is None:
            return None
        at.work, at.product = begin, wanted.product
        at.setup_ms += setup
        at.add(ended - begin, line.paces[wanted.product].spread)
        return Assignment(wanted.order, line.line, setup_start, start, end, setup, *at.band(time, start))


def _weight(line: LineCapability) -> int:
    return 1 if line.running is None or line.running.rest is None else line.running.rest.priority


def _step(line: LineCapability, time: WorkTime, at: tuple[int, str | None], wanted: Demand) -> tuple[int, int, int]:
    """Return when an order begins and ends behind (working time, product), ms of working time, and its set-up."""
    setup = line.setup_ms(at[1], wanted.product)
    begin = at[0] + setup
    if wanted.earliest is not None:
        begin = max(begin, time.done_by(wanted.earliest))
    return begin, begin + line.work_ms(wanted.product, wanted.quantity), setup


def sequences_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return a plan's sequences, without what is running."""
    found: dict[str, list[str]] = {}
    for one in sorted(plan.assignments, key=lambda a: a.start):
        if not one.running:
            found.setdefault(one.line, []).append(one.order)
    return {line: tuple(orders) for line, orders in found.items()}
