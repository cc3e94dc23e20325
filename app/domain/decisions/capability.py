"""Process capability with its uncertainty: how well a value's spread fits between the limits that are asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

FEWEST = 25
"""Values below which no index is given: its interval would span from bad to excellent."""
LEVEL = 0.95
D2_OF_TWO = 1.128
FREEDOM_OF_MOVING_RANGE = 0.62


class Index(NamedTuple):
    """A capability index with its two-sided 95 % interval; no unit."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capability:
    """Of n values with a mean. None: not computable (no limit on that side, no spread, too few values).

    cp, cpk: by the short-term spread (mean moving range); pp, ppk: by the overall standard deviation.
    """

    n: int
    mean: float | None
    cp: Index | None = None
    cpk: Index | None = None
    pp: Index | None = None
    ppk: Index | None = None


def capability(values: Sequence[float], low: float | None, high: float | None) -> Capability:
    """Return the indices of values in time order between the limits; either limit may be missing.

    Formula: Cp = (high - low) / 6 sigma; Cpk = min(high - mean, mean - low) / 3 sigma; interval of Cp by chi-square,
    of Cpk by Bissell: Cpk +- z sqrt(1 / 9n + Cpk^2 / 2v). v = n - 1 for the overall spread, 0.62 (n - 1) for that of
    the mean moving range. Source: Montgomery 8.2; Bissell 1990, Applied Statistics 39(3), 331-340; Wheeler, Advanced
    Topics in Statistical Process Control, for the freedom of the moving range.
    """
    n = len(values)
    if n == 0:
        return Capability(0, None)
    mean = fmean(values)
    if n < FEWEST or (low is None and high is None):
        return Capability(n, mean)
    short, whole = fmean(abs(b - a) for a, b in pairwise(values)) / D2_OF_TWO, stdev(values)
    of_short, of_whole = FREEDOM_OF_MOVING_RANGE * (n - 1), float(n - 1)
    return Capability(
        n,
        mean,
        _spread_index(short, low, high, of_short),
        _place_index(mean, short, (low, high), n, of_short),
        _spread_index(whole, low, high, of_whole),
        _place_index(mean, whole, (low, high), n, of_whole),
    )


def _spread_index(sigma: float, low: float | None, high: float | None, freedom: float) -> Index | None:
    if low is None or high is None or sigma <= 0:
        return None
    from scipy.stats import chi2  # slow to import, paid by who asks first

    value, tail = (high - low) / (6 * sigma), (1 - LEVEL) / 2
    below, above = (float(chi2.ppf(q, freedom)) for q in (tail, 1 - tail))
    return Index(value, value * sqrt(below / freedom), value * sqrt(above / freedom))


def _place_index(
    mean: float, sigma: float, limits: tuple[float | None, float | None], n: int, freedom: float
) -> Index | None:
    low, high = limits
    rooms = [
        room
        for room in (None if low is None else mean - low, None if high is None else high - mean)
        if room is not None
    ]
    if not rooms or sigma <= 0:
        return None
    from scipy.stats import norm

    value = min(rooms) / (3 * sigma)
    reach = float(norm.ppf(0.5 + LEVEL / 2)) * sqrt(1 / (9 * n) + value**2 / (2 * freedom))
    return Index(value, value - reach, value + reach)
