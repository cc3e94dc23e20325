"""What the past says of a machine: normal values, levels of earlier failures, stops by hour, lives of components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.decider.values_past import LearntValues, learn_values
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.failures import READ, RESTS, Counted, Failure, counted
from app.domain.decisions.stopping import run_at
from app.domain.decisions.survival import Life, life
from app.domain.decisions.work import WorkOrder
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.historian.buckets import cut, grouped
from app.historian.database import Database, asking_database
from app.historian.episodes import stops_of
from app.historian.work_orders import WorkOrders

STOPS_MS, LIVES_MS, LATELY_MS = 14 * DAY_MS, 35 * DAY_MS, 7 * DAY_MS
MOST_LIVES = 6


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of a machine at `at`, UTC ms.

    stops: (stops, run ms) by hour of the last 14 days; counted: the failures of 35 days.
    """

    at: int
    values: LearntValues
    stops: tuple[tuple[int, int], ...]
    lives: tuple[Life, ...]
    counted: Counted
    run_ms_per_day: float
    cycles_per_day: float


@dataclass(frozen=True, slots=True)
class Learner:
    """Reads history: a bounded number of rows for each machine."""

    plant: Plant
    database: Database

    def learn(self, line: WorkCenter, machine: WorkUnit, now: int) -> Learnt:
        """Return what the past says of a machine. Raises DatabaseAway."""
        window = Interval(now - LIVES_MS, now)
        with asking_database():
            read = stops_of(self.database, [machine.path], window, READ)
        orders = WorkOrders(self.database).of([machine.path], now - LIVES_MS)
        found = counted(read, orders, self.plant.reasons)
        stops = [stop for stop in read if stop.bucket not in RESTS]
        run, made = self._run(line, machine, window)
        per_day = _lately(run, now)
        return Learnt(
            at=now,
            values=learn_values(self.database, machine, [failure.at for failure in found.failures], now),
            stops=_by_hour(stops, run, now),
            lives=tuple(_lives(found.failures, orders, run, per_day, now)),
            counted=found,
            run_ms_per_day=per_day,
            cycles_per_day=_lately(made, now),
        )

    def _run(self, line: WorkCenter, machine: WorkUnit, window: Interval) -> tuple[dict[int, int], dict[int, int]]:
        """Return run ms and units made by UTC hour."""
        with asking_database():
            found = grouped(self.database, [machine.path], cut(line.calendar, window), ("hour",))
        run = {int(group.key[0]): group.components.buckets_ms[Bucket.RUNNING] for group in found}
        return run, {int(group.key[0]): group.components.produced for group in found}


def _lives(
    failures: Sequence[Failure], orders: Sequence[WorkOrder], run: Mapping[int, int], per_day: float, now: int
) -> list[Life]:
    named = {failure.reason for failure in failures}
    by_failures = sorted(named, key=lambda reason: (-sum(f.reason == reason for f in failures), reason))
    found = []
    for component in ("", *by_failures[:MOST_LIVES]):
        own = [failure for failure in failures if component in ("", failure.reason)]
        ends = sorted([*((f.at, True) for f in own), *((at, False) for at in kept(orders, component))])
        found.append(_life(component, ends, run, per_day, now))
    return found


def kept(orders: Sequence[WorkOrder], component: str) -> list[int]:
    """Return when work in time renewed a component before it failed, UTC ms; none of it renews a whole machine."""
    done = (o for o in orders if o.state == "done" and o.kind == "preventive" and o.done_at is not None)
    return [o.done_at for o in done if o.code is not None and component == o.code and o.done_at is not None]


def _life(component: str, ends: Sequence[tuple[int, bool]], run: Mapping[int, int], per_day: float, now: int) -> Life:
    """The life before the first known end began before history did: its length is unknown and left out."""
    at = [(run_at(run, t), failed) for t, failed in ends]
    lives = [(ran - began, failed) for (began, _), (ran, failed) in pairwise(at)]
    total = run_at(run, now)
    return life(component, lives, total - at[-1][0] if at else total, per_day)


def _by_hour(stops: Sequence[Episode], run: Mapping[int, int], now: int) -> tuple[tuple[int, int], ...]:
    """The last two hours are left out: they are what is judged."""
    hours = {hour for hour in run if now - STOPS_MS <= hour < floor_hour(now) - HOUR_MS}
    counts = dict.fromkeys(hours, 0)
    for stop in stops:
        if (hour := floor_hour(stop.start)) in counts:
            counts[hour] += 1
    return tuple((counts[hour], run[hour]) for hour in sorted(hours))


def _lately(by_hour: Mapping[int, int], now: int) -> float:
    """Return how much a day of the last seven, or of as many as are known."""
    recent = {hour: amount for hour, amount in by_hour.items() if hour >= now - LATELY_MS}
    if not recent:
        return 0.0
    return sum(recent.values()) / max(1.0, (now - min(recent)) / DAY_MS)
