"""Charts, rules and capability give the numbers of the books, and fire as often as chance says they should."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from app.domain.decisions.capability import _place_index, _spread_index, capability
from app.domain.decisions.chart_rules import nelson, western_electric
from app.domain.decisions.charts import CONSTANTS, Counted, Point, individuals, mean_and_range, rates, shares, subgroup

# Montgomery, Introduction to Statistical Quality Control, 6th edition: example 6.5 (cost of processing a loan),
# 7.1 (cans of orange juice, 50 a sample), 7.3 (shipping errors, 50 shipments a week).
LOANS = (310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304)
CANS = (12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6)
ERRORS = (2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4)


def timed(values) -> list[tuple[int, float]]:
    return [(n * 60_000, float(v)) for n, v in enumerate(values)]


def counted(found, n) -> list[Counted]:
    return [Counted(i * 3_600_000, f, n) for i, f in enumerate(found)]


def standing(z) -> list[Point]:
    return [Point(n, float(value), 0.0, -3.0, 3.0, 1.0) for n, value in enumerate(z)]


def fired(z, rules=western_electric) -> dict[str, tuple[int, ...]]:
    return {one.rule: one.at for one in rules(standing(z))}


def test_individuals_and_moving_range_are_those_of_the_book() -> None:
    i, mr = individuals(timed(LOANS), 20)
    assert (i.points[0].centre, i.points[0].high, i.points[0].low) == pytest.approx((300.5, 321.22, 279.78), abs=0.02)
    assert (mr.points[0].centre, mr.points[0].high, mr.points[0].low) == pytest.approx((7.79, 25.45, 0), abs=0.02)
    assert len(mr.points) == 19
    assert western_electric(i.points) == ()


def test_the_p_chart_is_that_of_the_book_and_finds_its_two_samples() -> None:
    chart = shares(counted(CANS, 50), 30, laney=False)
    first = chart.points[0]
    assert (first.centre, first.high, first.low) == pytest.approx((0.2313, 0.4102, 0.0524), abs=0.0002)
    assert dict(western_electric(chart.points))["we1"] == (14, 22)


def test_the_u_chart_is_that_of_the_book() -> None:
    first = rates(counted(ERRORS, 50), 20).points[0]
    assert (first.centre, first.high, first.low) == pytest.approx((0.0740, 0.1894, 0.0), abs=0.0002)


@pytest.mark.parametrize("n", range(2, 11))
def test_the_constants_are_the_expected_range_of_so_many_normal_values(n: int) -> None:
    d2 = quad(lambda x: 1 - (1 - norm.cdf(x)) ** n - norm.cdf(x) ** n, -8, 8)[0]
    k = CONSTANTS[n]
    assert k.d2 == pytest.approx(d2, abs=0.0006)
    assert k.a2 == pytest.approx(3 / (d2 * n**0.5), abs=0.001)
    draws = np.random.default_rng(n).normal(size=(200_000, n))
    d3 = float((draws.max(axis=1) - draws.min(axis=1)).std())
    assert k.d4 == pytest.approx(1 + 3 * d3 / d2, abs=0.02)
    assert k.d3 == pytest.approx(max(0.0, 1 - 3 * d3 / d2), abs=0.02)


def test_mean_and_range_hold_their_limits_and_want_one_size() -> None:
    groups = [subgroup(n, [10.0, 11.0, 12.0, 11.0, 11.0]) for n in range(10)]
    mean, spread = mean_and_range(groups, 8)
    assert (mean.points[0].centre, spread.points[0].centre) == (11.0, 2.0)
    assert (mean.points[0].high, spread.points[0].high) == pytest.approx((11 + 0.577 * 2, 2.114 * 2))
    with pytest.raises(ValueError, match="one size"):
        mean_and_range([*groups, subgroup(11, [1.0, 2.0])], 8)


def test_without_eight_baseline_points_there_are_no_limits() -> None:
    assert individuals(timed(LOANS[:7]), 7) is None
    assert shares([*counted(CANS[:7], 50), Counted(9, 0, 0)], 8) is None
    assert mean_and_range([subgroup(n, [1.0, 2.0]) for n in range(7)], 7) is None


def test_limits_widen_where_few_units_were_made() -> None:
    chart = shares([*counted((5,) * 10, 1000), Counted(99, 1, 10)], 10, laney=False)
    assert chart.points[-1].high - chart.points[-1].centre > 9 * (chart.points[0].high - chart.points[0].centre)


def test_large_samples_that_scatter_more_than_chance_do_not_alarm_all_the_time() -> None:
    draw = np.random.default_rng(5)
    noisy = [Counted(n, int(draw.binomial(20_000, max(0.001, draw.normal(0.02, 0.004)))), 20_000) for n in range(200)]
    plain, laney = (shares(noisy, 150, laney=wide) for wide in (False, True))
    count = [len(dict(western_electric(chart.points)).get("we1", ())) for chart in (plain, laney)]
    assert count[0] > 50
    assert count[1] <= 4


@pytest.mark.parametrize(
    ("z", "rule", "at"),
    [
        ([0, 3.1, 0, -3.1], "we1", (1, 3)),
        ([2.1, 0, 2.1], "we2", (2,)),
        ([1.1, 1.1, 0, 1.1, 1.1], "we3", (4,)),
        ([0.1] * 9, "we4", (7, 8)),
        ([2.1, 2.1], "we2", (1,)),
    ],
)
def test_western_electric_fires_where_the_run_ends(z, rule, at) -> None:
    assert fired(z)[rule] == at


@pytest.mark.parametrize(
    ("z", "rule", "at"),
    [
        ([3.5], "nelson1", (0,)),
        ([-0.2] * 9, "nelson2", (8,)),
        ([-1, -0.6, -0.2, 0.2, 0.6, 0.9], "nelson3", (5,)),
        ([0.5, -0.5] * 7, "nelson4", (13,)),
        ([-2.5, 0.1, -2.5], "nelson5", (2,)),
        ([1.2, 1.3, -0.1, 1.2, 1.3], "nelson6", (4,)),
        ([0.3, -0.4, 0.2, -0.1, -0.2] * 3, "nelson7", (14,)),
        ([1.5, -1.5, 1.2, 1.2, -1.3, 1.4, -1.2, 1.1], "nelson8", (7,)),
    ],
)
def test_nelson_fires_where_the_run_ends(z, rule, at) -> None:
    assert fired(z, nelson)[rule] == at


@pytest.mark.parametrize(
    ("z", "rules", "rule"),
    [
        ([2.1, 0, -2.1], western_electric, "we2"),
        ([1.1, 1.1, -1.1, 1.1, 0.9], western_electric, "we3"),
        ([0.1] * 7, western_electric, "we4"),
        ([0.1, 0.2, 0.3, 0.4, 0.5], nelson, "nelson3"),
        ([0.1, 0.2, 0.3, 0.3, 0.4, 0.5], nelson, "nelson3"),
        ([0.3] * 14, nelson, "nelson7"),
        ([1.5] * 8, nelson, "nelson8"),
    ],
)
def test_what_is_almost_a_run_is_none(z, rules, rule) -> None:
    assert rule not in fired(z, rules)


def test_noise_breaks_the_limits_once_in_370() -> None:
    noise = np.random.default_rng(370).normal(size=200_000)
    alarms = len(fired(noise)["we1"])
    assert alarms == pytest.approx(200_000 / 370.4, rel=0.15)


@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_a_shift_of_one_and_a_half_sigma_is_found_within_thirty_points(shift: float) -> None:
    found = 0
    for seed in range(40):
        values = np.random.default_rng(seed).normal(50, 2, 130)
        values[100:] += shift * 2
        i, _ = individuals(timed(values), 100)
        found += any(at >= 100 and i.points[at].z * shift > 0 for rule in western_electric(i.points) for at in rule.at)
    assert found >= 39


def test_capability_intervals_are_those_of_the_book_and_of_bissell() -> None:
    # Montgomery, example 8.4: n = 20, s = 1.75, limits 38 to 62. Cpk: Bissell's formula by hand at 1.33 and n = 20.
    cp = _spread_index(1.75, 38, 62, 19)
    assert cp == pytest.approx((2.29, 1.57, 3.01), abs=0.01)
    cpk = _place_index(3 * 1.33, 1.0, (0, None), 20, 19)
    assert cpk == pytest.approx((1.33, 0.88, 1.78), abs=0.01)


def test_capability_is_null_where_it_cannot_be_computed() -> None:
    values = [10.0, 10.2, 9.9, 10.1] * 10
    assert capability(values[:24], 9, 11).cp is None
    assert capability(values, None, None).cpk is None
    assert capability([10.0] * 40, 9, 11).cpk is None
    assert capability([], 9, 11).mean is None
    one_sided = capability(values, 9, None)
    assert one_sided.cp is None
    assert one_sided.cpk.value > 1


def test_capability_falls_when_the_mean_moves_and_its_interval_narrows_with_n() -> None:
    draw = np.random.default_rng(8)
    centred, moved = (capability(list(draw.normal(mean, 1, 100)), -4, 4) for mean in (0, 2))
    assert centred.cp.value == pytest.approx(4 / 3, rel=0.25)
    assert moved.cpk.value < 0.7 * moved.cp.value
    many = capability(list(draw.normal(0, 1, 2_000)), -4, 4)
    assert many.ppk.high - many.ppk.low < (centred.ppk.high - centred.ppk.low) / 3
