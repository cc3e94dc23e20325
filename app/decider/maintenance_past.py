"""What the past says of a machine: normal values, levels of earlier failures, stops by hour, lives of components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.stopping import run_at
from app.domain.decisions.survival import Life, life
from app.domain.decisions.wear import Normal, failure_level, normal, while_running
from app.domain.decisions.work import WorkOrder
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval, floor_hour
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.plant.signals import Signal
from app.historian.buckets import cut, grouped
from app.historian.database import Database, asking_database
from app.historian.episodes import episodes_of, stops_of
from app.historian.trends import Point, Trends
from app.historian.work_orders import WorkOrders

NORMAL_MS, STOPS_MS, LIVES_MS, LATELY_MS = 3 * DAY_MS, 14 * DAY_MS, 35 * DAY_MS, 7 * DAY_MS
BEFORE_MS, MOST_LEVELS = 10 * MINUTE_MS, 12
MOST_EPISODES = 20_000
MOST_LIVES = 6


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of a machine at `at`, UTC ms.

    usual, limits: by signal; stops: (stops, run ms) by hour of the last 14 days; failures, repair_ms: of 35 days.
    """

    at: int
    usual: Mapping[str, Normal]
    limits: Mapping[str, tuple[float, ...]]
    stops: tuple[tuple[int, int], ...]
    lives: tuple[Life, ...]
    failures: int
    repair_ms: int
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
        kinds = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)
        with asking_database():
            stops = stops_of(self.database, [machine.path], window, kinds)
        failures = [stop for stop in stops if self._is_failure(stop) and stop.end is not None]
        run, made = self._run(line, machine, window)
        usual, limits = self._values(machine, failures, now)
        per_day = _lately(run, now)
        return Learnt(
            at=now,
            usual=usual,
            limits=limits,
            stops=_by_hour(stops, run, now),
            lives=tuple(self._lives(machine, failures, run, per_day, now)),
            failures=len(failures),
            repair_ms=sum(stop.end - stop.start for stop in failures if stop.end is not None),
            run_ms_per_day=per_day,
            cycles_per_day=_lately(made, now),
        )

    def _is_failure(self, stop: Episode) -> bool:
        reason = self.plant.reasons.get(stop.reason)
        return reason is not None and reason.failure

    def _run(self, line: WorkCenter, machine: WorkUnit, window: Interval) -> tuple[dict[int, int], dict[int, int]]:
        """Return run ms and units made by UTC hour."""
        with asking_database():
            found = grouped(self.database, [machine.path], cut(line.calendar, window), ("hour",))
        run = {int(group.key[0]): group.components.buckets_ms[Bucket.RUNNING] for group in found}
        return run, {int(group.key[0]): group.components.produced for group in found}

    def _values(
        self, machine: WorkUnit, failures: Sequence[Episode], now: int
    ) -> tuple[dict[str, Normal], dict[str, tuple[float, ...]]]:
        signals = {s.id: s for s in machine.signals.values() if s.counter is None}
        window = Interval(now - NORMAL_MS, now)
        if not signals:
            return {}, {}
        with asking_database():
            episodes = episodes_of(self.database, [machine.path], window, MOST_EPISODES)
        runs = [Interval(e.start, now if e.end is None else e.end) for e in episodes if e.bucket is Bucket.RUNNING]
        points = Trends(self.database).many([machine.path], window, list(signals))
        usual: dict[str, Normal] = {}
        for key in signals:
            own = [(point.t, point.mean) for point in points.get((machine.path, key), ())]
            found = normal([reading.value for reading in while_running(own, runs, machine.warm_up_ms)])
            if found is not None:
                usual[key] = found
        levels = self._before(machine, [stop.start for stop in failures[-MOST_LEVELS:]], list(usual))
        return usual, {key: _limits(signals[key], known, levels[key]) for key, known in usual.items()}

    def _before(self, machine: WorkUnit, failures: Sequence[int], signals: Sequence[str]) -> dict[str, list[float]]:
        """Return the median of each signal in the ten minutes before each failure."""
        found: dict[str, list[float]] = {key: [] for key in signals}
        for at in failures if signals else ():
            before = Interval(at - BEFORE_MS, at - at % MINUTE_MS)
            for (_, key), own in Trends(self.database).many([machine.path], before, signals).items():
                found[key] += [_middle(own)] if own else []
        return found

    def _lives(
        self, machine: WorkUnit, failures: Sequence[Episode], run: Mapping[int, int], per_day: float, now: int
    ) -> list[Life]:
        orders = WorkOrders(self.database).of([machine.path], now - LIVES_MS)
        named = {stop.reason for stop in failures if stop.reason}
        by_failures = sorted(named, key=lambda reason: (-sum(s.reason == reason for s in failures), reason))
        found = []
        for component in ("", *by_failures[:MOST_LIVES]):
            own = [stop for stop in failures if component in ("", stop.reason)]
            ends = sorted([*((s.start, True) for s in own), *((at, False) for at in kept(orders, component))])
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


def _limits(signal: Signal, usual: Normal, before: Sequence[float]) -> tuple[float, ...]:
    """Where a value means trouble: the level of earlier failures above and below normal, else the plausible range."""
    turned = Normal(-usual.middle, usual.sigma, usual.n)
    below = failure_level([-value for value in before], turned)
    high = failure_level(before, usual) or signal.high
    low = signal.low if below is None else -below
    found = [limit for limit in (high, low) if limit is not None and abs(usual.sigmas(limit)) > 0]
    return tuple(found)


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


def _middle(points: Sequence[Point]) -> float:
    return median(point.mean for point in points)
