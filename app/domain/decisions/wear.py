"""Wear in a process value: what is normal for a machine, whether it climbs away from that, and how long to a limit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, median
from typing import NamedTuple

from app.domain.interval import MINUTE_MS, Interval

MAD_TO_SIGMA = 1 / NormalDist().inv_cdf(0.75)
"""Of a normal distribution, sigma is this many median absolute deviations."""
LEAST_NORMAL, LEAST_FIT, LEAST_RISING = 60, 8, 5
WINDOWS_MIN = (30, 60, 90)
FRESH_MS = 15 * MINUTE_MS
ODD_SIGMAS, STILL_ODD_SIGMAS = 5.0, 3.0
LAST_FEW = 3
SURE = 0.99


class Reading(NamedTuple):
    """A value at a time, UTC ms. ran: run time of the machine up to then, ms, from any beginning."""

    t: int
    value: float
    ran: int


@dataclass(frozen=True, slots=True)
class Normal:
    """What a value is while its machine runs and is warm. sigma: robust, never 0; n: readings behind it."""

    middle: float
    sigma: float
    n: int

    def sigmas(self, value: float) -> float:
        """Return how far a value is from normal, in sigmas, with its sign."""
        return (value - self.middle) / self.sigma


@dataclass(frozen=True, slots=True)
class Climb:
    """A value on its way to a limit. level: now; per_min: slope; mid: ms of running to the limit, most likely.

    low, high: between which in eight of ten cases, None: not known (app.domain.decisions.approach). sigmas: distance
    from normal; since: when it left it, UTC ms; gone: ms of running since then.
    """

    level: float
    limit: float
    per_min: float
    mid: float
    sigmas: float
    since: int
    gone: float
    low: float | None = None
    high: float | None = None


def while_running(values: Sequence[tuple[int, float]], runs: Sequence[Interval], warm_up_ms: int) -> list[Reading]:
    """Return the values (UTC ms of the minute's start, value) of minutes in runs (by time, disjoint) in a warm machine.

    A machine needs about as long to be warm again as it stood, from one minute to `warm_up_ms`; the first run all of
    it. Ours: what rises after a stop is no wear.
    """
    found: list[Reading] = []
    at, ran = 0, 0
    for t, value in values:
        while at < len(runs) and runs[at].end <= t:
            ran += runs[at].length
            at += 1
        if at == len(runs):
            break
        run = runs[at]
        stood = run.start - runs[at - 1].end if at else warm_up_ms
        settled = run.start + min(warm_up_ms, max(MINUTE_MS, stood))
        if settled <= t <= run.end - MINUTE_MS:
            found.append(Reading(t, value, ran + t - run.start))
    return found


def normal(values: Sequence[float]) -> Normal | None:
    """Return what is normal by the median and the median absolute deviation; None: fewer than 60 readings.

    Up to half of the readings may be odd without moving it much: earlier wear is part of the past.
    Source: Rousseeuw and Croux 1993 (MAD x 1.4826); ours: sigma is at least a thousandth of the middle, so that a
    value which hardly ever moves does not make every last digit an anomaly.
    """
    if len(values) < LEAST_NORMAL:
        return None
    middle = median(values)
    sigma = MAD_TO_SIGMA * median(abs(value - middle) for value in values)
    return Normal(middle, max(sigma, abs(middle) * 1e-3, 1e-9), len(values))


def climb(readings: Sequence[Reading], usual: Normal, limit: float, *, is_known: bool = False) -> Climb | None:
    """Return the way of a value to a limit, above or below normal; None while it does not go there.

    readings: of running, warm time since the last repair, by time. is_known: it was reported before and counts as long
    as it is away from normal; a new one has to be further away and to move significantly.
    Formula: Theil-Sen line (Sen 1968) over the last 30, else 60, else 90 min of running, whose slope is above 0 with
    99 % confidence. mid: the sooner of that line and of one through the root of the excess over normal, as if wear fed
    itself. Ours: wear that ends in a failure is rarely even.
    """
    upward = limit > usual.middle
    if not upward:
        found = climb(turned(readings), replace(usual, middle=-usual.middle), -limit, is_known=is_known)
        return None if found is None else _turned(found)
    if len(readings) < LEAST_FIT:
        return None
    level = median(reading.value for reading in readings[-LAST_FEW:])
    sigmas = usual.sigmas(level)
    if sigmas < (STILL_ODD_SIGMAS if is_known else ODD_SIGMAS):
        return None
    for minutes in WINDOWS_MIN:
        recent = [r for r in readings if r.ran > readings[-1].ran - minutes * MINUTE_MS]
        if len(recent) >= LEAST_FIT and (slope := _slope(recent)).low > 0:
            return _way(recent, slope.mid, usual, limit, level)
    return None


def turned(readings: Sequence[Reading]) -> list[Reading]:
    """Return readings upside down: what falls climbs."""
    return [Reading(r.t, -r.value, r.ran) for r in readings]


class _Slope(NamedTuple):
    """Per minute; low: surely not less."""

    mid: float
    low: float


def _slope(readings: Sequence[Reading]) -> _Slope:
    # scipy takes a second to import, which only the decider pays.
    from scipy.stats import theilslopes

    minutes = [(reading.ran - readings[0].ran) / MINUTE_MS for reading in readings]
    found = theilslopes([reading.value for reading in readings], minutes, alpha=SURE)
    return _Slope(float(found.slope), float(found.low_slope))


def _way(recent: Sequence[Reading], slope: float, usual: Normal, limit: float, level: float) -> Climb:
    """Between wear that goes on evenly (a line) and wear that feeds itself (a line through the root of the excess)."""
    rising = _since_normal(recent, usual)
    fit = _slope(rising).mid
    slope = fit if fit > 0 else slope
    even = max(0.0, limit - level) / slope * MINUTE_MS
    growing = [Reading(r.t, max(0.0, r.value - usual.middle) ** 0.5, r.ran) for r in rising]
    root = _slope(growing).mid
    ahead = max(0.0, limit - usual.middle) ** 0.5 - max(0.0, level - usual.middle) ** 0.5
    soon = max(0.0, ahead) / root * MINUTE_MS if root > 0 else even
    left = next((r for r in recent if usual.sigmas(r.value) >= STILL_ODD_SIGMAS), recent[-1])
    return Climb(level, limit, slope, min(soon, even), usual.sigmas(level), left.t, float(recent[-1].ran - left.ran))


def _since_normal(recent: Sequence[Reading], usual: Normal) -> Sequence[Reading]:
    """Return the readings since the value was last normal, if they are enough for a line.

    What was level before says nothing of how fast it climbs.
    """
    last = max((at for at, r in enumerate(recent) if usual.sigmas(r.value) < 1), default=0)
    return recent[last:] if len(recent) - last >= LEAST_RISING else recent


def _turned(found: Climb) -> Climb:
    return replace(found, level=-found.level, limit=-found.limit, per_min=-found.per_min, sigmas=-found.sigmas)


def failure_level(before: Sequence[float], usual: Normal) -> float | None:
    """Return the level at which a value announced earlier failures; None: fewer than three did.

    before: median of the last minutes before each failure. Only those away from normal announced anything; the
    level is their lower quartile, so that most failures lie beyond it. Ours.
    """
    high = sorted(value for value in before if usual.sigmas(value) >= ODD_SIGMAS)
    return high[len(high) // 4] if len(high) >= LAST_FEW else None


def is_fresh(readings: Sequence[Reading], now: int) -> bool:
    """Return whether the last reading is young enough to speak of now: a machine that stands says nothing of wear."""
    return bool(readings) and now - readings[-1].t <= FRESH_MS
