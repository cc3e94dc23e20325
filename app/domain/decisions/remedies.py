"""What helps an order that will be late: earlier in the sequence, another line, an extra shift; each with its price."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from app.domain.decisions.rests import handed_over, orders_of, rests
from app.domain.decisions.schedule import Assignment, Demand, Floor, Plan, Runs, Sequences, sequences_of
from app.domain.decisions.worktime import WorkTime, worked_parts
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.domain.plant.shifts import EPOCH, ShiftCalendar
from app.domain.plant.worked import excepted

Kind = Literal["resequence", "other_line", "extra_shift", "rest_elsewhere"]
KINDS: tuple[Kind, ...] = ("resequence", "other_line", "extra_shift", "rest_elsewhere")
MOST_DAYS = 10
MOST_SHIFTS = 6
MOST_REMEDIED = 12
LEAST_BENEFIT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Costs:
    """What things cost, money per hour: an extra shift, a line that is set up, an order that is late."""

    extra_hour: float = 400.0
    setup_hour: float = 250.0
    late_hour: float = 120.0


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way out for an order. rest_elsewhere: it is running; its line ends it, another one makes the rest.

    late_ms: how late the order is then; setup_ms, others_ms: set-up and other orders' lateness more than now (less:
    negative); hours: extra shift; cost: money, all of it; position: in the line's sequence; day, shift: the shift that
    would be opened.
    """

    kind: Kind
    order: str
    line: str
    position: int
    late_ms: int
    setup_ms: int
    others_ms: int
    hours: float
    cost: float
    day: str | None = None
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraShift:
    """A shift that the calendar leaves out and that might be opened on a line."""

    line: str
    day: date
    shift: str
    parts: tuple[Interval, ...]

    @property
    def hours(self) -> float:
        """Paid hours, without breaks."""
        return sum(part.length for part in self.parts) / HOUR_MS


_Try = tuple[Kind, str, int, ExtraShift | None, Plan]


def late_orders(floor: Floor, plan: Plan) -> dict[str, int]:
    """Return the orders that are predicted to end after they are due, with how late (ms), worst first."""
    due = {one.order: one.due for one in orders_of(floor)}
    late = {a.order: a.end - due[a.order] for a in plan.assignments if a.order in due and a.end > due[a.order]}
    return dict(sorted(late.items(), key=lambda found: -found[1]))


def remedies(
    floor: Floor, sequences: Sequences, order: str, extra: Sequence[ExtraShift], costs: Costs
) -> tuple[Remedy, ...]:
    """Return the cheapest remedy of each kind that makes the order less late, cheapest first."""
    known: Runs = {}
    now = floor.plan(sequences, known)
    best: dict[Kind, Remedy] = {}
    running = rests(floor).get(order)
    tries = _tries(floor, sequences, order, extra, known)
    if running is not None:
        tries = _tries_running(floor, sequences, (order, running[0]), extra)
    for kind, line, position, shift, plan in tries:
        found = _judged(floor, (now, plan), order, costs, shift, (kind, line, position))
        if found is not None and (kind not in best or _rank(found) < _rank(best[kind])):
            best[kind] = found
    return tuple(sorted(best.values(), key=_rank))


def moved(sequences: Sequences, order: str, line: str, position: int) -> dict[str, tuple[str, ...]]:
    """Return the sequences with an order taken out and put in at a position of a line."""
    found = {path: tuple(o for o in orders if o != order) for path, orders in sequences.items()}
    own = found.get(line, ())
    return {**found, line: (*own[:position], order, *own[position:])}


def with_shift(floor: Floor, extra: ExtraShift) -> Floor:
    """Return the floor with an extra shift opened."""
    line = floor.lines[extra.line]
    windows = tuple(sorted([*line.windows, *(p for p in extra.parts if not _is_open(line.windows, p))]))
    return replace(floor, lines={**floor.lines, extra.line: replace(line, windows=windows)}, _times={})


def extra_shifts(line: str, calendar: ShiftCalendar, now: int) -> list[ExtraShift]:
    """Return the next shifts of the line's calendar that do not open on their dates but could, by start."""
    names, found = tuple(dict.fromkeys(pattern.name for pattern in calendar.patterns)), list[ExtraShift]()
    for at in range(now // DAY_MS, now // DAY_MS + MOST_DAYS):
        day = EPOCH.date() + timedelta(days=at)
        around = Interval((at - 1) * DAY_MS, (at + 3) * DAY_MS)
        for shift in excepted(calendar, {day: names}).instances(around):
            is_new = shift.date == day and shift.start >= now
            if is_new and not calendar.instances(Interval(shift.start, shift.end)):
                found.append(ExtraShift(line, day, shift.name, tuple(worked_parts(shift))))
    return sorted(found, key=lambda one: one.parts[0].start)[:MOST_SHIFTS]


def _tries_running(
    floor: Floor, sequences: Sequences, running: tuple[str, str], extra: Sequence[ExtraShift]
) -> Iterator[_Try]:
    (order, home), known = running, Runs()
    free = handed_over(floor, order)
    for line in free.able(order):
        for position in range(len(sequences.get(line, ())) + 1) if line != home else ():
            yield "rest_elsewhere", line, position, None, free.plan(moved(sequences, order, line, position), known)
    for shift in extra:
        if shift.line == home:
            yield "extra_shift", home, 0, shift, with_shift(floor, shift).plan(sequences)


def _tries(floor: Floor, sequences: Sequences, order: str, extra: Sequence[ExtraShift], known: Runs) -> Iterator[_Try]:
    home = next((line for line, orders in sequences.items() if order in orders), None)
    at = sequences[home].index(order) if home is not None else 0
    for line in floor.able(order):
        own = [o for o in sequences.get(line, ()) if o != order]
        kind: Kind = "resequence" if line == home else "other_line"
        for position in range(at if line == home else len(own) + 1):
            yield kind, line, position, None, floor.plan(moved(sequences, order, line, position), known)
    for shift in extra:
        if shift.line == home:
            yield "extra_shift", shift.line, at, shift, with_shift(floor, shift).plan(sequences)


def _judged(
    floor: Floor,
    plans: tuple[Plan, Plan],
    order: str,
    costs: Costs,
    shift: ExtraShift | None,
    where: tuple[Kind, str, int],
) -> Remedy | None:
    (before, after), wanted = plans, next(one for one in orders_of(floor) if one.order == order)
    ended = _of(after, order)
    was = _of(before, order)
    if ended is None:
        return None
    late = max(0, ended.end - wanted.due)
    late_before = max(0, was.end - wanted.due) if was is not None else before.late_ms
    if late > late_before - LEAST_BENEFIT_MS:
        return None
    setup = after.setup_ms - before.setup_ms
    others = after.late_ms - late - (before.late_ms - late_before)
    hours = shift.hours if shift is not None else 0.0
    money = hours * costs.extra_hour
    money += (setup * costs.setup_hour + (late + others) * costs.late_hour) / HOUR_MS
    kind, line, position = where
    day, name = (shift.day.isoformat(), shift.shift) if shift is not None else (None, None)
    return Remedy(kind, order, line, position, late, setup, others, hours, round(money, 2), day, name)


def _of(plan: Plan, order: str) -> Assignment | None:
    return next((a for a in plan.assignments if a.order == order), None)


def _rank(found: Remedy) -> tuple[float, int, int]:
    return found.cost, found.late_ms, found.position


def _is_open(windows: tuple[Interval, ...], part: Interval) -> bool:
    time = WorkTime(windows)
    return time.done_by(part.end) > time.done_by(part.start)


@dataclass(frozen=True, slots=True)
class Risk:
    """An order predicted late, with what would help. late_ms: by the middle of the prediction."""

    order: str
    line: str
    late_ms: int
    remedies: tuple[Remedy, ...]


class PaceUsed(NamedTuple):
    """A pace that a plan counts on. orders: how many; per_h, shifts: as Pace."""

    line: str
    product: str
    orders: int
    per_h: float
    shifts: int


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan as it is kept. at: its times are predictions of then, UTC ms.

    made_cost: what it cost when it was made, greedy: what the simple rule's did, bound: no plan cost less (None: not
    known; all three are of one look at the floor, later predictions change `plan` only); seconds: how long it took;
    method: text key of how it was found; orders: what it was made for; paces: what it was made with; assumed: how many
    of its orders have no measured pace yet.
    """

    plan: Plan
    at: int
    greedy: float | None
    bound: float | None
    seconds: float
    method: str
    orders: tuple[Demand, ...]
    risks: tuple[Risk, ...] = ()
    made_cost: float | None = None
    paces: tuple[PaceUsed, ...] = ()
    assumed: int = 0


def risks(floor: Floor, plan: Plan, extra: Mapping[str, Sequence[ExtraShift]], costs: Costs) -> tuple[Risk, ...]:
    """Return the orders at risk, worst first, the worst of them with what helps. extra: shifts by line."""
    sequences, home = sequences_of(plan), {a.order: a.line for a in plan.assignments}
    found = []
    for number, (order, late) in enumerate(late_orders(floor, plan).items()):
        line = home[order]
        ways = remedies(floor, sequences, order, extra.get(line, ()), costs) if number < MOST_REMEDIED else ()
        found.append(Risk(order, line, late, ways))
    return tuple(found)
