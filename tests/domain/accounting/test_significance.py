"""Is it more than chance, and what had it been at the same product mix: laws and cases counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounting.buckets import Components
from app.domain.accounting.compare import difference, exact_oee
from app.domain.accounting.kpi import oee
from app.domain.accounting.losses import losses
from app.domain.accounting.mix import common_products, same_mix, weights_of
from app.domain.accounting.significance import evidence, evidence_at_mix

MIN = 60_000


def a_shift(good: int, *, stopped_min: int = 0, cycle_ms: int = 1_000, minutes: int = 480) -> Components:
    running = (minutes - stopped_min) * MIN
    ideal = good * cycle_ms * 1_000_000
    return Components((0, 0, 0, stopped_min * MIN, 0, 0, 0, running, 0), good, 0, 0, ideal, ideal)


shifts = st.builds(a_shift, st.integers(1_000, 28_000), stopped_min=st.integers(0, 400))


def test_the_interval_is_the_one_counted_by_hand() -> None:
    # OEE 0.50 0.52 0.48 0.50 against 0.60 0.62 0.58 0.60: variance of each mean 4/3 x 0.0008 / 16 = 1 / 15000,
    # Welch: 6 degrees of freedom, t = 2.4469; reach = 2.4469 x sqrt(2 / 15000).
    first = [a_shift(round(28_800 * share)) for share in (0.50, 0.52, 0.48, 0.50)]
    second = [a_shift(round(28_800 * share)) for share in (0.60, 0.62, 0.58, 0.60)]
    found = evidence(first, second)
    assert found.points == pytest.approx(0.1)
    assert found.high - found.points == pytest.approx(2.4469 * (2 / 15_000) ** 0.5, rel=1e-3)
    assert found.verdict == "real"


def test_shifts_that_scatter_more_than_they_differ_say_chance() -> None:
    first = [a_shift(n) for n in (10_000, 20_000, 12_000, 22_000, 9_000)]
    second = [a_shift(n) for n in (11_000, 21_000, 13_000, 23_000, 10_000)]
    assert evidence(first, second).verdict == "chance"


def test_three_shifts_are_too_few_and_shifts_without_oee_do_not_count() -> None:
    good, empty = [a_shift(10_000)] * 4, Components()
    assert evidence(good, good[:3]).verdict == "too_few"
    assert evidence(good, [*good[:3], empty]).n == (4, 3)
    assert evidence(good, [empty]).points is None
    same = evidence(good, good)
    assert (same.verdict, same.low, same.high) == ("chance", 0.0, 0.0)


@given(st.lists(shifts, min_size=4, max_size=9), st.lists(shifts, min_size=4, max_size=9))
def test_the_interval_holds_the_difference_and_turns_round_with_it(first, second) -> None:
    there, back = evidence(first, second), evidence(second, first)
    assert there.low <= there.points <= there.high
    assert there.points == pytest.approx(-back.points, abs=1e-12)
    assert there.verdict == back.verdict


def test_at_the_same_mix_only_the_performance_on_each_product_counts() -> None:
    # Both reach 0.5 on cola and 0.25 on water; one made mostly cola, the other mostly water.
    cola, water = a_shift(14_400), a_shift(7_200)
    sets = {
        "early": {"cola": cola + cola + cola, "water": water},
        "late": {"cola": cola, "water": water + water + water},
    }
    raw = {key: oee(sum(parts.values(), Components())) for key, parts in sets.items()}
    assert raw["early"] == pytest.approx(0.4375)
    assert raw["late"] == pytest.approx(0.3125)
    mixed = same_mix(sets)
    assert oee(mixed["early"]) == pytest.approx(0.375)
    assert oee(mixed["late"]) == pytest.approx(0.375)


def test_what_a_difference_is_worth_is_judged_at_the_mix_it_is_shown_at() -> None:
    # By itself "early" looks 12.5 points better, and surely so; at the same mix there is no difference at all.
    cola, water = a_shift(14_400), a_shift(7_200)
    early = [{"cola": cola}] * 9 + [{"water": water}] * 3
    late = [{"cola": cola}] * 3 + [{"water": water}] * 9
    sets = {key: {p: _whole(part, p) for p in ("cola", "water")} for key, part in (("a", early), ("b", late))}
    found = evidence_at_mix(early, late, weights_of(sets))
    assert found.points == pytest.approx(0.0, abs=1e-12)
    assert found.low == pytest.approx(found.high, abs=1e-12)
    assert evidence_at_mix([{"cola": cola}], [{"water": water}], {"cola": 1}).n == (1, 0)


def _whole(part, product):
    return sum((shift.get(product, Components()) for shift in part), Components())


@given(
    st.lists(st.fixed_dictionaries({"x": shifts, "y": shifts}), min_size=4, max_size=6),
    st.lists(st.fixed_dictionaries({"x": shifts, "y": shifts}), min_size=4, max_size=6),
)
def test_the_judged_difference_is_the_one_shown_at_the_same_mix(first, second) -> None:
    sets = {key: {p: _whole(part, p) for p in "xy"} for key, part in (("a", first), ("b", second))}
    mixed = same_mix(sets)
    shown = oee(mixed["b"]) - oee(mixed["a"])
    assert evidence_at_mix(first, second, weights_of(sets)).points == pytest.approx(shown, abs=1e-7)


def test_products_that_not_every_set_made_are_left_out() -> None:
    sets = {"a": {"cola": a_shift(100), None: a_shift(5)}, "b": {"cola": a_shift(90), "water": a_shift(5)}}
    assert common_products(sets) == ("cola",)
    assert same_mix({"a": {"cola": a_shift(1)}, "b": {"water": a_shift(1)}}) == {}


@given(st.dictionaries(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xyz"), shifts, min_size=1), min_size=2))
def test_the_waterfall_closes_at_the_same_mix_too(sets) -> None:
    mixed = same_mix(sets)
    if not mixed:
        return
    first, second = mixed.values()
    steps = difference(first, second)
    assert sum(step.exact for step in steps) == exact_oee(second) - exact_oee(first)
    assert sum(losses(first)) == first.pbt_ms * 1_000_000
