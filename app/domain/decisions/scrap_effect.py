"""What an adjustment did to the share of rejects: before and after, with an interval that knows that hours differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from app.domain.accounting.significance import t_quantile
from app.domain.decisions.charts import Counted
from app.domain.interval import HOUR_MS, floor_hour

HOURS = 8
FEWEST_UNITS, FEWEST_HOURS = 300, 3
"""On either side; of fewer hours nobody knows how much hours differ anyway."""
Z_95 = 1.959963984540054


class Difference(NamedTuple):
    """Of two shares, second minus first, with a 95 % interval; fractions."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Rejects among units before and after. change None: not enough units or hours on one side."""

    before: tuple[int, int]
    after: tuple[int, int]
    change: Difference | None


def difference(
    first: tuple[int, int], second: tuple[int, int], *, alike: float = 1.0, reach: float = Z_95
) -> Difference:
    """Return the difference of two shares, each (found, n) with n > 0.

    alike: how many units speak as one, 1: each for itself; reach: half the interval in standard errors.
    Formula: Newcombe's hybrid score interval from two Wilson intervals, without continuity correction. Unit: fraction.
    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    a, b = first[0] / first[1], second[0] / second[1]
    (low_a, high_a), (low_b, high_b) = (_wilson(p, n / alike, reach) for p, n in ((a, first[1]), (b, second[1])))
    mid = b - a
    low = mid - sqrt((b - low_b) ** 2 + (high_a - a) ** 2)
    return Difference(low, mid, mid + sqrt((high_b - b) ** 2 + (a - low_a) ** 2))


def _wilson(p: float, n: float, z: float) -> tuple[float, float]:
    zz = z**2
    centre, reach = p + zz / (2 * n), z * sqrt(p * (1 - p) / n + zz / (4 * n**2))
    return (centre - reach) / (1 + zz / n), (centre + reach) / (1 + zz / n)


def scatter(sides: Sequence[Sequence[Counted]]) -> float:
    """Return how much more hours differ than chance among units would have them, 1 or more.

    Formula: sum (found - n p)^2 / (n p (1 - p)) / (hours - sides), p the share of the side.
    Source: quasi-binomial dispersion, McCullagh & Nelder, Generalized Linear Models, 4.5.
    """
    whole, hours = 0.0, 0
    for side in sides:
        found, n = _added(side)
        p = found / n
        if 0 < p < 1:
            whole += sum((c.found - c.n * p) ** 2 / (c.n * p * (1 - p)) for c in side)
        hours += len(side)
    return max(1.0, whole / (hours - len(sides)))


def effect(hours: Sequence[Counted], done: int, until: int) -> Effect:
    """Return what changed at `done` (UTC ms), from hourly counts of one product.

    Compared are the eight full hours before and the up to eight full hours after that end by `until`; the hour of the
    adjustment itself belongs to neither. Units of an hour resemble one another: `scatter` of them speak as one, and the
    interval is as wide as so few hours make it (Student's t with hours - 2).
    """
    change = floor_hour(done)
    last = min(until, change + (HOURS + 1) * HOUR_MS)
    sides = (
        [c for c in hours if c.n and change - HOURS * HOUR_MS <= c.t < change],
        [c for c in hours if c.n and change + HOUR_MS <= c.t and c.t + HOUR_MS <= last],
    )
    before, after = _added(sides[0]), _added(sides[1])
    if min(before[1], after[1]) < FEWEST_UNITS or min(map(len, sides)) < FEWEST_HOURS:
        return Effect(before, after, None)
    reach = t_quantile(len(sides[0]) + len(sides[1]) - len(sides))
    return Effect(before, after, difference(before, after, alike=scatter(sides), reach=reach))


def _added(counts: Iterable[Counted]) -> tuple[int, int]:
    found = n = 0
    for c in counts:
        found, n = found + c.found, n + c.n
    return found, n
