"""What a decision brought: found where it is, not found where there is nothing, silent while data is missing."""

import random

import pytest
from scipy import stats

from app.domain.decisions.balance import share, together
from app.domain.decisions.effect import Bundle, ShiftUnits, bundles, effect, limits, outcome
from app.domain.interval import HOUR_MS, Interval
from app.domain.suggestion import Outcome, Said

SHIFT = 8 * HOUR_MS
DECIDED = 100 * SHIFT
FOREVER = 1_000 * SHIFT
ALONE = Bundle(("k",), Interval(DECIDED, DECIDED), Interval(0, FOREVER))


def shifts(values, first, names=("day",), known=1.0):
    return [
        ShiftUnits(names[n % len(names)], (first + n) * SHIFT, (first + n + 1) * SHIFT, value, known)
        for n, value in enumerate(values)
    ]


def around(before, after, **more):
    return [*shifts(before, 100 - len(before), **more), *shifts(after, 100, **more)]


def test_a_known_difference_is_found_with_welchs_interval() -> None:
    before, after = [1000, 1010, 990, 1005, 995, 1002], [1100, 1090, 1110, 1104]
    found = effect(around(before, after), ALONE, FOREVER)
    expected = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    assert found.low == pytest.approx(expected.low)
    assert found.high == pytest.approx(expected.high)
    assert found.mid == pytest.approx(sum(after) / 4 - sum(before) / 6)
    assert found.word == Said("outcomes.word.better", {"before": 6, "after": 4})
    assert outcome("k", found, 5) == Outcome("k", 5, found.low, found.mid, found.high, 6, 4, found.word)


@pytest.mark.parametrize("names", [("day",), ("early", "late", "night")])
def test_pure_noise_is_called_chance_in_nine_of_ten_runs(names) -> None:
    levels = {"day": 1000, "early": 1000, "late": 900, "night": 600}
    covered = 0
    for seed in range(200):
        chance = random.Random(seed)
        values = [[round(chance.gauss(levels[names[n % len(names)]], 40)) for n in range(k)] for k in (15, 9)]
        found = effect([*shifts(values[0], 85, names), *shifts(values[1], 100, names)], ALONE, FOREVER)
        covered += found.low <= 0 <= found.high
    assert covered >= 180


def test_a_night_is_not_a_loss_against_an_early_shift() -> None:
    before = shifts([1000, 600, 1004, 598, 996, 602], 94, ("early", "night"))
    after = shifts([601, 1001, 599, 1003], 100, ("night", "early"))
    found = effect([*before, *after], ALONE, FOREVER)
    assert found.word.key == "outcomes.word.chance"
    assert found.mid == pytest.approx(1, abs=1)


@pytest.mark.parametrize(
    ("before", "after", "missing"), [(4, 3, (1, 0)), (5, 2, (0, 1)), (0, 0, (5, 3)), (5, 0, (0, 3)), (1, 9, (4, 0))]
)
def test_too_few_shifts_say_how_many_are_missing(before, after, missing) -> None:
    found = effect(around([100] * before, [120] * after), ALONE, FOREVER)
    assert (found.low, found.mid, found.high, found.missing) == (None, None, None, missing)
    assert found.word.fields == {"missing_before": missing[0], "missing_after": missing[1]}


def test_shifts_that_are_hardly_known_unfinished_or_in_which_was_decided_do_not_count() -> None:
    whole = around([100, 101, 99, 100, 102], [130, 131, 129])
    across = ShiftUnits("day", DECIDED - HOUR_MS, DECIDED + SHIFT - HOUR_MS, 1, 1.0)
    odd = [*shifts([1], 90, known=0.89), *shifts([1], 91, known=None), across, *shifts([1], 110)]
    odd += shifts([1], 105, ("night",))
    now = 110 * SHIFT + HOUR_MS
    assert effect([*odd, *whole], ALONE, now) == effect(whole, ALONE, now)


def test_decisions_of_one_day_share_one_measurement_and_others_bound_it() -> None:
    day, around_all = 3 * SHIFT, Interval(0, FOREVER)
    decided = {"a": 10 * day, "c": 11 * day - 1, "b": 10 * day + 5, "d": 30 * day}
    first, second = bundles(decided, around_all)
    assert (first.keys, first.span, first.within) == (("a", "b", "c"), (10 * day, 11 * day - 1), (0, 30 * day))
    assert (second.keys, second.within) == (("d",), (11 * day - 1, FOREVER))
    assert bundles({}, around_all) == []
    values = shifts([100, 101] * 15 + [500, 1, 300] + [120, 121] * 28 + [120, 900], 0)
    found = effect(values, first, FOREVER)
    assert (len(found.before), len(found.after), found.others) == (30, 30, 2)
    assert found.mid == pytest.approx(20)
    assert found.word == Said("outcomes.word.better.shared", {"before": 30, "after": 30, "others": 2})
    assert {s.good for s in effect(values, second, FOREVER).before} == {120, 121}


def test_equal_figures_are_an_effect_without_width() -> None:
    found = effect(around([100] * 6, [110] * 3), ALONE, FOREVER)
    assert (found.low, found.mid, found.high) == (10, 10, 10)


def test_control_lines_are_three_sigma_of_the_moving_range() -> None:
    found = limits([10, 12, 11, 13])
    assert found is not None
    assert (found.centre, found.high - found.centre) == (11.5, pytest.approx(3 * (5 / 3) / 1.128))
    assert limits([1]) is None


def test_a_share_has_wilsons_interval() -> None:
    found, expected = share(7, 9), stats.binomtest(7, 9).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert share(0, 0).value is None


def test_together_adds_what_was_measured_and_leaves_out_the_rest() -> None:
    def brought(low, mid, high):
        return Outcome("k", 0, low, mid, high, 9, 9, Said("x"))

    found = together([brought(7, 10, 13), brought(-4, 0, 4), brought(None, None, None)])
    assert (found.n, found.low, found.mid, found.high) == (2, 5, 10, 15)
    assert together([]).mid is None
