"""Is a difference in OEE more than chance? A ratio of sums over shifts, with the scatter the shifts themselves show.

Shifts are the sample: the effect of one figure on the next inside a shift is not counted as evidence. Nothing here
changes a figure; it says how far to believe a difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from app.domain.accounting.buckets import NS_PER_MS, Components
from app.domain.accounting.kpi import oee
from app.domain.accounting.profiles import VORNE, Profile

Verdict = Literal["real", "chance", "too_few"]
FEWEST = 4
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a difference of two sets of shifts is worth. points, low, high: OEE as fractions, second minus first.

    low, high: 95 % interval, None when there are too few shifts. n: shifts with an OEE on either side.
    """

    verdict: Verdict
    points: float | None
    low: float | None
    high: float | None
    n: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Ratio:
    value: float
    variance: float
    n: int


def evidence(first: Sequence[Components], second: Sequence[Components], profile: Profile = VORNE) -> Evidence:
    """Return what the difference of two sets of shifts is worth; each item is one shift's components.

    OEE of a set is the ratio of sums R = sum y / sum x (y: ideal time of good, x: trusted planned time); its variance
    is n / (n - 1) * sum (y - R x)^2 / (sum x)^2. The difference is judged with Welch's t and the degrees of freedom of
    Welch and Satterthwaite. Formula: d +- t(0.975) * sqrt(v1 + v2). Unit: fractions.
    Source: Cochran, Sampling Techniques, 6.4 (variance of a ratio estimate); Welch 1947.
    """
    counted = [[c for c in part if oee(c, profile) is not None] for part in (first, second)]
    n = (len(counted[0]), len(counted[1]))
    if min(n) == 0:
        return Evidence("too_few", None, None, None, n)
    before, after = (_ratio(part, profile) for part in counted)
    points = after.value - before.value
    if min(n) < FEWEST:
        return Evidence("too_few", points, None, None, n)
    spread = before.variance + after.variance
    reach = _t_quantile(_freedom(before, after)) * sqrt(spread) if spread > 0 else 0.0
    low, high = points - reach, points + reach
    return Evidence("chance" if low <= 0 <= high else "real", points, low, high, n)


def _ratio(part: Sequence[Components], profile: Profile) -> _Ratio:
    good = [c.ideal_good_ns / NS_PER_MS for c in part]
    planned = [float(profile.planned_ms(c)) for c in part]
    value, n = sum(good) / sum(planned), len(part)
    rest = sum((y - value * x) ** 2 for y, x in zip(good, planned, strict=True))
    variance = n / (n - 1) * rest / sum(planned) ** 2 if n > 1 else 0.0
    return _Ratio(value, variance, n)


def _freedom(before: _Ratio, after: _Ratio) -> float:
    parts = before.variance**2 / (before.n - 1) + after.variance**2 / (after.n - 1)
    return (before.variance + after.variance) ** 2 / parts


def _t_quantile(freedom: float) -> float:
    # Half a second of import, paid by who compares first and not by the start.
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + LEVEL / 2))
