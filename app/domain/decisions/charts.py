"""Shewhart control charts: limits from a baseline, for measured values and for shares and rates of counted units.

Sources: ISO 7870-2:2013 (Shewhart charts); Montgomery, Introduction to Statistical Quality Control, chapters 6 and 7,
constants of appendix VI; Laney 2002, Quality Engineering 14(4), 531-537, for shares of large samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import Literal, NamedTuple

Kind = Literal["i", "mr", "xbar", "r", "p", "u"]
FEWEST = 8
"""Baseline points below which no limits are drawn: with fewer the limits themselves are mostly chance."""
D2_OF_TWO = 1.128
D4_OF_TWO = 3.267


class Constants(NamedTuple):
    """Of a subgroup size. a2: limits of the mean; d2: range to standard deviation; d3, d4: limits of the range."""

    a2: float
    d2: float
    d3: float
    d4: float


CONSTANTS = {
    2: Constants(1.880, 1.128, 0.0, 3.267),
    3: Constants(1.023, 1.693, 0.0, 2.574),
    4: Constants(0.729, 2.059, 0.0, 2.282),
    5: Constants(0.577, 2.326, 0.0, 2.114),
    6: Constants(0.483, 2.534, 0.0, 2.004),
    7: Constants(0.419, 2.704, 0.076, 1.924),
    8: Constants(0.373, 2.847, 0.136, 1.864),
    9: Constants(0.337, 2.970, 0.184, 1.816),
    10: Constants(0.308, 3.078, 0.223, 1.777),
}
"""By subgroup size. Source: Montgomery, appendix VI; the same in ISO 7870-2, table 2."""


class Point(NamedTuple):
    """A point and its limits. t: UTC ms; sigma: one standard deviation of the plotted value, in its unit; n: units."""

    t: int
    value: float
    centre: float
    low: float
    high: float
    sigma: float
    n: int = 1

    @property
    def z(self) -> float:
        """Distance from the centre in standard deviations; without spread, any distance is infinitely far."""
        away = self.value - self.centre
        if self.sigma > 0:
            return away / self.sigma
        return 0.0 if away == 0 else float("inf") if away > 0 else float("-inf")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart. points by time; baseline: how many of them, from the first, made the limits."""

    kind: Kind
    points: tuple[Point, ...]
    baseline: int


class Counted(NamedTuple):
    """What was counted in a stretch. t: its start, UTC ms; found: rejects or defects; n: units looked at."""

    t: int
    found: int
    n: int


def individuals(values: Sequence[tuple[int, float]], baseline: int) -> tuple[Chart, Chart] | None:
    """Return the I and the MR chart of (UTC ms, value) by time; None under eight baseline values.

    Formula: centre +- 3 MRbar / d2 with d2 = 1.128; the MR chart's upper limit D4 MRbar with D4 = 3.267.
    Unit: the values'. Source: Montgomery 6.4.
    """
    first = values[:baseline]
    if len(first) < FEWEST:
        return None
    centre, moving = fmean(v for _, v in first), fmean(abs(b - a) for (_, a), (_, b) in pairwise(first))
    sigma, top = moving / D2_OF_TWO, D4_OF_TWO * moving
    points = [Point(t, v, centre, centre - 3 * sigma, centre + 3 * sigma, sigma) for t, v in values]
    ranges = [Point(t, abs(v - last), moving, 0.0, top, (top - moving) / 3) for (_, last), (t, v) in pairwise(values)]
    return Chart("i", tuple(points), len(first)), Chart("mr", tuple(ranges), len(first) - 1)


class Subgroup(NamedTuple):
    """Values measured together. t: UTC ms; mean, reach (largest less smallest): in the values' unit; n: how many."""

    t: int
    mean: float
    reach: float
    n: int


def subgroup(t: int, values: Sequence[float]) -> Subgroup:
    """Return values measured together as a subgroup."""
    return Subgroup(t, fmean(values), max(values) - min(values), len(values))


def mean_and_range(groups: Sequence[Subgroup], baseline: int) -> tuple[Chart, Chart] | None:
    """Return the X-bar and the R chart of subgroups by time, all of one size from 2 to 10.

    None under eight baseline subgroups. Formula: Xbarbar +- A2 Rbar; D3 Rbar to D4 Rbar. Unit: the values'.
    Raises ValueError for subgroups of different size or of a size without constants. Source: Montgomery 6.2.
    """
    first = groups[:baseline]
    if len(first) < FEWEST:
        return None
    sizes = {group.n for group in groups}
    size = sizes.pop()
    if sizes or size not in CONSTANTS:
        raise ValueError("subgroups must have one size from 2 to 10")
    k = CONSTANTS[size]
    centre, spread = fmean(g.mean for g in first), fmean(g.reach for g in first)
    reach, top = k.a2 * spread, k.d4 * spread
    means = [Point(g.t, g.mean, centre, centre - reach, centre + reach, reach / 3, size) for g in groups]
    ranges = [Point(g.t, g.reach, spread, k.d3 * spread, top, (top - spread) / 3, size) for g in groups]
    return Chart("xbar", tuple(means), len(first)), Chart("r", tuple(ranges), len(first))


def shares(counts: Sequence[Counted], baseline: int, *, laney: bool = True) -> Chart | None:
    """Return the p chart of shares with varying sample sizes; stretches without units are left out.

    Formula: pbar +- 3 sqrt(pbar (1 - pbar) / n) x inflation; the inflation is Laney's sigma of the z values from their
    moving range, never below 1 (ours: limits are never narrower than those of the plain chart); without `laney` it
    is 1. None under eight baseline points. Unit: fraction. Source: Montgomery 7.2; Laney 2002.
    """
    return _attributes("p", counts, baseline, laney=laney)


def rates(counts: Sequence[Counted], baseline: int, *, laney: bool = False) -> Chart | None:
    """Return the u chart of defects per unit with varying sample sizes.

    Formula: ubar +- 3 sqrt(ubar / n). None under eight baseline points. Unit: defects per unit.
    Source: Montgomery 7.3.
    """
    return _attributes("u", counts, baseline, laney=laney)


def _attributes(kind: Kind, counts: Sequence[Counted], baseline: int, *, laney: bool) -> Chart | None:
    first = [c for c in counts[:baseline] if c.n > 0]
    if len(first) < FEWEST:
        return None
    centre = sum(c.found for c in first) / sum(c.n for c in first)
    variance = centre * (1 - centre) if kind == "p" else centre
    more = _inflation(first, centre, variance) if laney else 1.0
    points = []
    for c in counts:
        if c.n > 0:
            sigma = sqrt(variance / c.n) * more
            top = centre + 3 * sigma
            points.append(
                Point(
                    c.t,
                    c.found / c.n,
                    centre,
                    max(0.0, centre - 3 * sigma),
                    min(1.0, top) if kind == "p" else top,
                    sigma,
                    c.n,
                )
            )
    return Chart(kind, tuple(points), len(first))


def _inflation(first: Sequence[Counted], centre: float, variance: float) -> float:
    """Return how much wider shares scatter from stretch to stretch than chance alone would have them."""
    if variance <= 0:
        return 1.0
    z = [(c.found / c.n - centre) / sqrt(variance / c.n) for c in first]
    return max(1.0, fmean(abs(b - a) for a, b in pairwise(z)) / D2_OF_TWO)
