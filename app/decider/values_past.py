"""What the past says of a machine's process values: what is normal, where trouble began, how it was approached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.accounting.buckets import Bucket
from app.domain.decisions.approach import Approach, Ending, Limit, approaches, ending, limit_of
from app.domain.decisions.wear import Normal, Reading, normal, turned, while_running
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.domain.plant.equipment import WorkUnit
from app.domain.plant.signals import Signal
from app.historian.database import Database, asking_database
from app.historian.episodes import episodes_of
from app.historian.trends import Trends

NORMAL_MS, AROUND_MS = 3 * DAY_MS, 4 * HOUR_MS
MOST_FAILURES, MOST_EPISODES = 30, 20_000
Read = Mapping[str, Sequence[Reading]]


@dataclass(frozen=True, slots=True)
class LearntValues:
    """usual, limits: by signal, limits above and below normal; approaches: to earlier failures."""

    usual: Mapping[str, Normal] = field(default_factory=dict)
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    approaches: tuple[Approach, ...] = ()


def learn_values(database: Database, machine: WorkUnit, failures: Sequence[int], now: int) -> LearntValues:
    """Return what is known of a machine's values. failures: when it failed, UTC ms, by time. Raises DatabaseAway."""
    signals = {s.id: s for s in machine.signals.values() if s.counter is None}
    if not signals:
        return LearntValues()
    lately, _ = _read(database, machine, list(signals), Interval(now - NORMAL_MS, now))
    found = {key: normal([reading.value for reading in own]) for key, own in lately.items()}
    usual = {key: known for key, known in found.items() if known is not None}
    around = _around(database, machine, list(usual), failures[-MOST_FAILURES:], now)
    limits: dict[str, tuple[Limit, ...]] = {}
    ways: list[Approach] = []
    for key, known in usual.items():
        limits[key], own = _of_signal(signals[key], known, around)
        ways += own
    return LearntValues(usual, limits, tuple(ways))


@dataclass(frozen=True, slots=True)
class _Around:
    """A failure at `at`, UTC ms; ran: run time at it, as in the readings around it."""

    at: int
    ran: int
    read: Read


def _around(
    database: Database, machine: WorkUnit, signals: list[str], failures: Sequence[int], now: int
) -> list[_Around]:
    found = []
    for at in failures if signals else ():
        read, runs = _read(database, machine, signals, Interval(at - AROUND_MS, min(now, at + AROUND_MS)))
        found.append(_Around(at, sum(run.clip(Interval(0, at)).length for run in runs), read))
    return found


def _read(database: Database, machine: WorkUnit, signals: list[str], window: Interval) -> tuple[Read, list[Interval]]:
    """Return the minutes in which the machine ran and was warm, by signal, and its runs."""
    with asking_database():
        episodes = episodes_of(database, [machine.path], window, MOST_EPISODES)
    ends = [Interval(e.start, window.end if e.end is None else e.end) for e in episodes if e.bucket is Bucket.RUNNING]
    points = Trends(database).many([machine.path], window, signals)
    values = {key: [(point.t, point.mean) for point in points.get((machine.path, key), ())] for key in signals}
    return {key: while_running(own, ends, machine.warm_up_ms) for key, own in values.items()}, ends


def _of_signal(signal: Signal, usual: Normal, around: Sequence[_Around]) -> tuple[tuple[Limit, ...], list[Approach]]:
    """Return the limits above and below normal, and the ways to failures there."""
    own = [(one, list(one.read[signal.id])) for one in around]
    below = Normal(-usual.middle, usual.sigma, usual.n)
    high = _endings([(one, readings) for one, readings in own], usual)
    low = _endings([(one, turned(readings)) for one, readings in own], below)
    floor = None if signal.low is None else -signal.low
    top, bottom = limit_of(high, usual, signal.high), limit_of(low, below, floor)
    limits = [] if top is None else [top]
    limits += [] if bottom is None else [Limit(-bottom.value, bottom.by_failures)]
    ways = approaches(signal.id, high, usual, signal.high) + approaches(signal.id, low, below, floor)
    return tuple(limits), ways


def _endings(around: Sequence[tuple[_Around, Sequence[Reading]]], usual: Normal) -> list[Ending]:
    found = (ending(readings, one.at, one.ran, usual) for one, readings in around)
    return [known for known in found if known is not None]
