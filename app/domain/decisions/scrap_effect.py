"""What an adjustment did to the share of rejects: before and after, with the interval chance alone would give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from app.domain.decisions.charts import Counted
from app.domain.interval import HOUR_MS, floor_hour

HOURS = 8
FEWEST_UNITS = 300
Z_95 = 1.959963984540054


class Difference(NamedTuple):
    """Of two shares, second minus first, with a 95 % interval; fractions."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Rejects among units before and after. change None: not enough units on one side."""

    before: tuple[int, int]
    after: tuple[int, int]
    change: Difference | None


def difference(first: tuple[int, int], second: tuple[int, int]) -> Difference:
    """Return the difference of two shares, each (found, n) with n > 0.

    Formula: Newcombe's hybrid score interval from two Wilson intervals, without continuity correction. Unit: fraction.
    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    a, b = first[0] / first[1], second[0] / second[1]
    (low_a, high_a), (low_b, high_b) = _wilson(*first), _wilson(*second)
    mid = b - a
    low = mid - sqrt((b - low_b) ** 2 + (high_a - a) ** 2)
    return Difference(low, mid, mid + sqrt((high_b - b) ** 2 + (a - low_a) ** 2))


def _wilson(found: int, n: int) -> tuple[float, float]:
    p, zz = found / n, Z_95**2
    centre, reach = p + zz / (2 * n), Z_95 * sqrt(p * (1 - p) / n + zz / (4 * n**2))
    return (centre - reach) / (1 + zz / n), (centre + reach) / (1 + zz / n)


def effect(hours: Sequence[Counted], done: int, until: int) -> Effect:
    """Return what changed at `done` (UTC ms), from hourly counts of one product.

    Compared are the eight full hours before and the up to eight full hours after that end by `until`; the hour of the
    adjustment itself belongs to neither.
    """
    change = floor_hour(done)
    before = _added(c for c in hours if change - HOURS * HOUR_MS <= c.t < change)
    last = min(until, change + (HOURS + 1) * HOUR_MS)
    after = _added(c for c in hours if change + HOUR_MS <= c.t and c.t + HOUR_MS <= last)
    enough = min(before[1], after[1]) >= FEWEST_UNITS
    return Effect(before, after, difference(before, after) if enough else None)


def _added(counts: Iterable[Counted]) -> tuple[int, int]:
    found = n = 0
    for c in counts:
        found, n = found + c.found, n + c.n
    return found, n
