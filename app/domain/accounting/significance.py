"""Is a difference in OEE more than chance? A ratio of sums over shifts, with the scatter the shifts themselves show.

Shifts are the sample: the effect of one figure on the next inside a shift is not counted as evidence. Nothing here
changes a figure; it says how far to believe a difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, NamedTuple

from app.domain.accounting.buckets import NS_PER_MS, Components
from app.domain.accounting.mix import ByProduct
from app.domain.accounting.profiles import VORNE, Profile

Verdict = Literal["real", "chance", "too_few"]
FEWEST = 4
LEVEL = 0.95
ANY = "any"
"""Stands for all products where the mix is as it was."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a difference of two sets of shifts is worth. points, low, high: OEE as fractions, second minus first.

    low, high: 95 % interval, None when there are too few shifts. n: shifts with trusted planned time on either side.
    """

    verdict: Verdict
    points: float | None
    low: float | None
    high: float | None
    n: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Rate:
    value: float
    variance: float
    n: int


class _Times(NamedTuple):
    """Of one product in one shift: ideal time of good units and trusted planned time, ms."""

    good: float
    planned: int


def evidence(first: Sequence[Components], second: Sequence[Components], profile: Profile = VORNE) -> Evidence:
    """Return what the difference of two sets of shifts is worth; each item is one shift's components.

    OEE of a set is the ratio of sums R = sum y / sum x (y: ideal time of good, x: trusted planned time); its variance
    is n / (n - 1) * sum (y - R x)^2 / (sum x)^2. The difference is judged with Welch's t and the degrees of freedom of
    Welch and Satterthwaite. Formula: d +- t(0.975) * sqrt(v1 + v2). Unit: fractions.
    Source: Cochran, Sampling Techniques, 6.4 (variance of a ratio estimate); Welch 1947.
    """
    return evidence_at_mix([{ANY: c} for c in first], [{ANY: c} for c in second], {ANY: 1}, profile)


def evidence_at_mix(
    first: Sequence[ByProduct], second: Sequence[ByProduct], weights: Mapping[str, int], profile: Profile = VORNE
) -> Evidence:
    """Return what the difference of two sets is worth at the same product mix; each item is one shift, by product.

    weights: what each product counts (`mix.weights_of`); both sets must have planned time with each.
    A set's OEE is sum w R over products, w the share of the weights, R the ratio of sums; its variance, linearised, is
    n / (n - 1) * sum over shifts of (sum over products of w / X (y - R x))^2, X the product's planned time in the set.
    Source: Cochran, Sampling Techniques, 6.4 and 6.11 (separate ratio estimates); else as `evidence`.
    """
    counted = [[found for one in part if (found := _planned(one, weights, profile))] for part in (first, second)]
    n = (len(counted[0]), len(counted[1]))
    if min(n) == 0:
        return Evidence("too_few", None, None, None, n)
    before, after = (_rate(part, weights) for part in counted)
    points = after.value - before.value
    if min(n) < FEWEST:
        return Evidence("too_few", points, None, None, n)
    spread = before.variance + after.variance
    reach = t_quantile(_freedom(before, after)) * sqrt(spread) if spread > 0 else 0.0
    low, high = points - reach, points + reach
    return Evidence("chance" if low <= 0 <= high else "real", points, low, high, n)


def _planned(shift: ByProduct, weights: Mapping[str, int], profile: Profile) -> dict[str, _Times]:
    times = ((p, _Times(c.ideal_good_ns / NS_PER_MS, profile.planned_ms(c))) for p, c in shift.items() if p is not None)
    return {product: found for product, found in times if product in weights and found.planned > 0}


def _rate(part: Sequence[Mapping[str, _Times]], weights: Mapping[str, int]) -> _Rate:
    whole, n, value = sum(weights.values()), len(part), 0.0
    rests = [0.0] * n
    for product, weight in weights.items():
        own = [shift.get(product, _Times(0.0, 0)) for shift in part]
        planned = sum(times.planned for times in own)
        rate, share = sum(times.good for times in own) / planned, weight / whole
        value += share * rate
        rests = [r + share / planned * (x.good - rate * x.planned) for r, x in zip(rests, own, strict=True)]
    return _Rate(value, n / (n - 1) * sum(rest**2 for rest in rests) if n > 1 else 0.0, n)


def _freedom(before: _Rate, after: _Rate) -> float:
    parts = before.variance**2 / (before.n - 1) + after.variance**2 / (after.n - 1)
    return (before.variance + after.variance) ** 2 / parts


def t_quantile(freedom: float) -> float:
    """Return half the width of a 95 % interval in standard errors, by Student's t; freedom: degrees of it."""
    # Half a second of import, paid by who compares first and not by the start.
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + LEVEL / 2))
