"""How far to believe a remaining time: what was said on the way to earlier failures against what came."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

from app.domain.decisions.health import AGAIN_MS
from app.domain.decisions.wear import ODD_SIGMAS, STILL_ODD_SIGMAS, Climb, Normal, Reading, climb, failure_level
from app.domain.interval import MINUTE_MS

NOMINAL = 0.8
LEAST_APPROACHES = 9
"""Fewer cannot bound both ends: each end may be missed once in ten, so one of ten has to lie beyond all the others."""
ENOUGH = 19
"""So many of one signal stand alone: no single one of them is an end."""
WINDOW_MS, BEFORE_MS, LOOK_MS = 90 * MINUTE_MS, 10 * MINUTE_MS, 4 * MINUTE_MS
LEAST_AFTER = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """A failure that a value announced. before: readings up to it; ran: run time at it, as theirs; level: the last."""

    before: Sequence[Reading]
    ran: int
    level: float


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a value means trouble. by_failures: at the level of earlier failures; else where its range ends."""

    value: float
    by_failures: bool


@dataclass(frozen=True, slots=True)
class Approach:
    """A way to a failure as it would have been foretold, to a limit by failures or by range. looks: along it."""

    signal: str
    by_failures: bool
    looks: tuple["Look", ...]


class Look(NamedTuple):
    """stage: see `stage_of`; score: see `score`."""

    stage: int
    score: float


class Spread(NamedTuple):
    """Scores between which eight of ten lie, and the middle one."""

    low: float
    mid: float
    high: float


def ending(readings: Sequence[Reading], at: int, ran: int, usual: Normal) -> Ending | None:
    """Return a failure that a value above normal announced; None: it did not.

    readings: of running, warm time around it; at: UTC ms; ran: run time at it. A value announced a failure when it was
    away from normal in the last ten minutes and is normal again since: a stop for another reason leaves it as it was.
    Ours.
    """
    cut = bisect_left(readings, at, key=lambda reading: reading.t)
    before, after = readings[:cut], readings[cut : cut + LEAST_AFTER]
    last = [reading.value for reading in before if reading.t >= at - BEFORE_MS]
    if not last or len(after) < LEAST_AFTER:
        return None
    level = median(last)
    is_mended = usual.sigmas(median(reading.value for reading in after)) < STILL_ODD_SIGMAS
    return Ending(before, ran, level) if usual.sigmas(level) >= ODD_SIGMAS and is_mended else None


def limit_of(endings: Sequence[Ending], usual: Normal, end_of_range: float | None) -> Limit | None:
    """Return the limit of a value above normal; None: neither three failures nor the plant file tell one."""
    level = failure_level([known.level for known in endings], usual)
    if level is not None:
        return Limit(level, by_failures=True)
    return None if end_of_range is None or end_of_range <= usual.middle else Limit(end_of_range, by_failures=False)


def approaches(signal: str, endings: Sequence[Ending], usual: Normal, end_of_range: float | None) -> list[Approach]:
    """Return what would have been foretold on the way to each ending, by the others' limit and by the range's end."""
    found = []
    for at, known in enumerate(endings):
        others = [*endings[:at], *endings[at + 1 :]]
        limits = {limit_of(others, usual, end_of_range), limit_of([], usual, end_of_range)} - {None}
        for limit in limits:
            assert limit is not None
            seen = tuple(_looks(known, usual, limit.value))
            found += [Approach(signal, limit.by_failures, seen)] if seen else []
    return found


def stage_of(said: Climb, *, is_known: bool) -> int:
    """Return 0 for the look at which a climb was first seen, then 1 to 4 for the quarter of the way that lies behind.

    A first look has just become sure of a slope, so it errs in another way than those after it.
    """
    return 1 + min(3, int(4 * said.gone / max(MINUTE_MS, said.mid + said.gone))) if is_known else 0


def score(said: Climb, left_ms: float) -> float:
    """Return by how much of the whole way a remaining time was wrong: above 0, more time was left than said.

    The whole way is what lies behind since the value left normal and what was said to lie ahead: a scale that does not
    vanish near the limit and has no unit, so that slow and fast wear can be pooled. Ours.
    """
    return (left_ms - said.mid) / max(MINUTE_MS, said.mid + said.gone)


def _looks(known: Ending, usual: Normal, limit: float) -> list[Look]:
    """Return the looks of the last stretch of seeing it climb: what went away for an hour was something else."""
    found: list[Look] = []
    first, looked, seen = 0, 0, 0
    for last, reading in enumerate(known.before, 1):
        if found and reading.ran - looked < LOOK_MS:
            continue
        looked = reading.ran
        while known.before[first].ran < reading.ran - WINDOW_MS:
            first += 1
        is_known = bool(found) and reading.t - seen < AGAIN_MS
        said = climb(known.before[first:last], usual, limit, is_known=is_known)
        if said is None:
            continue
        found, seen = found if is_known else [], reading.t
        found.append(Look(stage_of(said, is_known=is_known), score(said, known.ran - reading.ran)))
    return found


def spread(known: Sequence[Approach], signal: str, stage: int, *, by_failures: bool) -> Spread | None:
    """Return how far what is said of a signal with such a limit is off; None: fewer than nine approaches are known.

    From looks at the same stage, of the same signal if 19 ways of it are known, else of all; else from all stages.
    Formula: quantiles 0.1, 0.5 and 0.9 of the scores, every approach of the same weight 1 / (n + 1), the last of them
    beyond both ends: an approach that is like those before lies inside with probability 0.8 or more.
    Source: split conformal prediction, Vovk, Gammerman and Shafer 2005; with approaches as groups, Lee, Barber and
    Willett 2023, Distribution-free inference with hierarchical data.
    """
    same = [one for one in known if one.by_failures is by_failures]
    own = [one for one in same if one.signal == signal]
    pools = ((own, stage, ENOUGH), (same, stage, LEAST_APPROACHES), (own, None, ENOUGH), (same, None, LEAST_APPROACHES))
    for ways, of_stage, least in pools:
        chosen = _scores(ways, of_stage)
        if len(chosen) >= least:
            return _quantiles(chosen)
    return None


def _scores(ways: Sequence[Approach], stage: int | None = None) -> list[list[float]]:
    found = [[one.score for one in way.looks if stage is None or one.stage == stage] for way in ways]
    return [scores for scores in found if scores]


def _quantiles(ways: Sequence[Sequence[float]]) -> Spread:
    weighed = sorted((value, 1 / len(scores)) for scores in ways for value in scores)
    inside = (len(ways) + 1) * (1 + NOMINAL) / 2
    turned = [(-value, weight) for value, weight in reversed(weighed)]
    return Spread(-_at(turned, inside), _at(weighed, len(ways) / 2), _at(weighed, inside))


def _at(weighed: Sequence[tuple[float, float]], most: float) -> float:
    """Return the value at which the weights, summed up in order, reach `most`."""
    total = 0.0
    for value, weight in weighed:
        total += weight
        if total >= most - 1e-9:
            return value
    return weighed[-1][0]


def with_interval(said: Climb, known: Spread | None) -> Climb:
    """Return a climb with what experience makes of its remaining time; without experience, as it was."""
    if known is None:
        return said
    whole = max(MINUTE_MS, said.mid + said.gone)
    low, mid, high = (max(0.0, said.mid + part * whole) for part in known)
    return replace(said, low=low, mid=mid, high=high)
