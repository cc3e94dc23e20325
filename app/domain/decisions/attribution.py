"""Which process value goes up or down with the share of rejects: lagged rank correlation, honest about chance.

Why rank correlation and what it cannot say: docs/decisions/0013-what-explains-rejects.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan, pi, tan
from statistics import fmean
from typing import NamedTuple

from app.domain.interval import HOUR_MS, MINUTE_MS

LAGS_MS = (0, 15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS)
FEWEST_HOURS = 12
FEWEST_MINUTES = 10
FALSE_SHARE = 0.05
WEAKEST = 0.4
FEWEST_INDEPENDENT = 6.0


class Parameter(NamedTuple):
    """A process value of a machine: machine path and signal id."""

    machine: str
    signal: str


@dataclass(frozen=True, slots=True)
class Cause:
    """How far a parameter explains the share of rejects.

    strength: Spearman's rho, negative: rejects rise when it falls; lag_ms: by how much the parameter leads; n: hours
    compared; p: chance of such a value without a connection, for all parameters and lags tried; explains: beyond
    chance and not weak.
    """

    parameter: Parameter
    strength: float
    lag_ms: int
    n: int
    p: float
    explains: bool


def causes(shares: Mapping[int, float], running: Mapping[Parameter, Sequence[tuple[int, float]]]) -> tuple[Cause, ...]:
    """Return every parameter that could be judged, the strongest explanation first; empty: none could.

    shares: reject share by start of the hour (UTC ms). running: (UTC ms of the minute, mean) of minutes in which the
    machine ran, by time. A parameter's hour is the mean of at least ten of its minutes, moved by the lag.
    Formula: Spearman's rho at each lag; p from Student's t with the freedom of independent hours (Bartlett:
    n (1 - ab) / (1 + ab), a and b the lag-one autocorrelations of the ranks); the lags' p are combined by Cauchy
    (they need not be independent), parameters' by Benjamini and Hochberg. Explains: p <= 0.05 and |rho| >= 0.4.
    """
    found = [best for parameter, minutes in running.items() if (best := _best(parameter, minutes, shares)) is not None]
    if not found:
        return ()
    from scipy.stats import false_discovery_control  # slow to import, paid by who asks first

    adjusted = [float(p) for p in false_discovery_control([cause.p for cause in found])]
    judged = [_judged(cause, p) for cause, p in zip(found, adjusted, strict=True)]
    return tuple(sorted(judged, key=lambda c: (not c.explains, c.p, -abs(c.strength), c.parameter)))


def _judged(cause: Cause, p: float) -> Cause:
    explains = p <= FALSE_SHARE and abs(cause.strength) >= WEAKEST
    return Cause(cause.parameter, cause.strength, cause.lag_ms, cause.n, p, explains)


def hourly(minutes: Sequence[tuple[int, float]], lag_ms: int) -> dict[int, float]:
    """Return the mean of each hour's minutes, moved later by the lag; hours with under ten minutes are left out."""
    told: dict[int, list[float]] = {}
    for t, value in minutes:
        at = t + lag_ms
        told.setdefault(at - at % HOUR_MS, []).append(value)
    return {hour: fmean(values) for hour, values in told.items() if len(values) >= FEWEST_MINUTES}


def _best(parameter: Parameter, minutes: Sequence[tuple[int, float]], shares: Mapping[int, float]) -> Cause | None:
    tried = [cause for lag in LAGS_MS if (cause := _at_lag(parameter, minutes, shares, lag)) is not None]
    if not tried:
        return None
    best = min(tried, key=lambda cause: (cause.p, -abs(cause.strength), cause.lag_ms))
    combined = _combined([cause.p for cause in tried])
    return Cause(best.parameter, best.strength, best.lag_ms, best.n, combined, explains=False)


def _combined(chances: Sequence[float]) -> float:
    """Return one p for several dependent ones. Source: Liu and Xie 2020, JASA 115(529), 393-402."""
    inside = (min(max(p, 1e-15), 1 - 1e-15) for p in chances)
    return 0.5 - atan(fmean(tan((0.5 - p) * pi) for p in inside)) / pi


def _at_lag(
    parameter: Parameter, minutes: Sequence[tuple[int, float]], shares: Mapping[int, float], lag: int
) -> Cause | None:
    means = hourly(minutes, lag)
    hours = sorted(set(means) & set(shares))
    if len(hours) < FEWEST_HOURS:
        return None
    x, y = [means[hour] for hour in hours], [shares[hour] for hour in hours]
    if len(set(x)) < 3 or len(set(y)) < 3:
        return None
    import numpy as np
    from scipy.stats import rankdata, t

    a, b = np.asarray(rankdata(x)), np.asarray(rankdata(y))
    rho = float(np.corrcoef(a, b)[0, 1])
    together = max(0.0, _lag_one(a.tolist()) * _lag_one(b.tolist()))
    independent = len(hours) * (1 - together) / (1 + together)
    if independent < FEWEST_INDEPENDENT:
        return Cause(parameter, rho, lag, len(hours), 1.0, explains=False)
    freedom = independent - 2
    size = abs(rho) * (freedom / max(1e-12, 1 - rho**2)) ** 0.5
    return Cause(parameter, rho, lag, len(hours), float(2 * t.sf(size, freedom)), explains=False)


def _lag_one(ranks: Sequence[float]) -> float:
    mean = fmean(ranks)
    whole = sum((r - mean) ** 2 for r in ranks)
    return float(sum((a - mean) * (b - mean) for a, b in pairwise(ranks)) / whole)
