"""KPIs by hand: one shift of 480 min with every bucket, and what cannot be computed."""

from collections.abc import Callable

import pytest

from app.domain.accounting import kpi
from app.domain.accounting.bounds import oee_bounds
from app.domain.accounting.buckets import ZERO, Components
from app.domain.accounting.losses import losses, units
from app.domain.accounting.profiles import ISO22400, NF_E60_182, SMRP, VORNE, UnknownProfile, profile

MIN, NS = 60_000, 60_000_000_000
SHIFT = Components(
    buckets_ms=tuple(m * MIN for m in (0, 30, 20, 40, 10, 10, 20, 300, 50)),
    good=540,
    reject=50,
    rework=10,
    ideal_ns=600 * NS // 2,
    ideal_good_ns=540 * NS // 2,
    startup_reject=20,
    startup_reject_ns=20 * NS // 2,
    failures=4,
    repair_ms=24 * MIN,
)


@pytest.mark.parametrize(
    ("name", "vorne", "iso", "smrp"),
    [
        ("availability", 320 / 400, 300 / 400, 320 / 430),
        ("performance", 300 / 320, 300 / 300, 300 / 320),
        ("quality", 0.9, 0.9, 0.9),
        ("oee", 270 / 400, 270 / 400, 270 / 430),
        ("teep", 270 / 430, 270 / 430, 270 / 430),
        ("ooe", 270 / 430, 270 / 430, 270 / 430),
        ("utilisation", 450 / 480, 450 / 480, 480 / 480),
        ("coverage", 400 / 450, 400 / 450, 430 / 480),
        ("nee", 270 / 400 * 340 / 320, 270 / 400 * 320 / 300, 270 / 430 * 340 / 320),
        ("throughput_per_h", 90.0, 90.0, 600 / (430 / 60)),
        ("mtbf_ms", 80 * MIN, 75 * MIN, 80 * MIN),
    ],
)
def test_a_shift_by_hand(name: str, vorne: float, iso: float, smrp: float) -> None:
    function: Callable[..., float | None] = getattr(kpi, name)
    for chosen, want in ((VORNE, vorne), (ISO22400, iso), (SMRP, smrp), (NF_E60_182, vorne)):
        assert function(SHIFT, chosen) == pytest.approx(want), chosen.key


def test_counts_and_repairs_by_hand() -> None:
    assert kpi.mttr_ms(SHIFT) == 6 * MIN
    assert kpi.scrap_ratio(SHIFT) == pytest.approx(50 / 600)
    assert kpi.rework_ratio(SHIFT) == pytest.approx(10 / 600)
    assert kpi.first_pass_yield(SHIFT) == pytest.approx(0.9)
    assert kpi.final_yield(SHIFT) == pytest.approx(540 / 590)
    assert oee_bounds(SHIFT) == (pytest.approx(270 / 450), pytest.approx(320 / 450))
    assert units(losses(SHIFT).breakdown, SHIFT) == 80


def test_quality_across_products_is_weighted_by_ideal_time() -> None:
    quick = Components(good=90, reject=10, ideal_ns=100, ideal_good_ns=90)
    slow = Components(good=50, reject=50, ideal_ns=9_900, ideal_good_ns=4_950)
    assert kpi.quality(quick + slow) == pytest.approx(5_040 / 10_000)


@pytest.mark.parametrize(
    ("c", "why"),
    [
        (ZERO, "no_planned_time"),
        (Components((9, 9, 0, 0, 0, 0, 0, 0, 0), good=1, ideal_ns=1, ideal_good_ns=1), "no_planned_time"),
        (Components((0, 0, 0, 0, 0, 0, 0, 0, 9)), "no_trusted_data"),
        (Components((0, 0, 0, 9, 0, 0, 0, 9, 0)), "nothing_produced"),
        (Components((0, 0, 0, 9, 0, 0, 0, 9, 0), good=3), "no_ideal_rate"),
        (Components((0, 0, 0, 9, 0, 0, 0, 0, 0), good=3, ideal_ns=3, ideal_good_ns=3), "no_run_time"),
        (Components((0, 0, 0, 9, 0, 0, 0, 9, 0), reject=3, ideal_ns=3), None),
    ],
)
def test_what_cannot_be_computed_is_none_and_says_why(c: Components, why: str | None) -> None:
    assert kpi.why_null(c) == why
    assert kpi.oee(c) == (None if why else 0.0)


def test_a_machine_that_stood_all_shift_has_a_verified_availability_of_zero() -> None:
    assert kpi.availability(Components((0, 0, 0, 9, 0, 0, 0, 0, 0))) == 0.0


def test_no_failures_is_no_mean_time_between_them() -> None:
    c = Components((0, 0, 0, 0, 0, 0, 0, 9, 0))
    assert kpi.mtbf_ms(c) is None
    assert kpi.mttr_ms(c) is None


def test_rolled_yield_needs_every_step() -> None:
    assert kpi.rolled_yield([0.5, 0.5]) == 0.25
    assert kpi.rolled_yield([0.5, None]) is None
    assert kpi.rolled_yield([]) is None


def test_a_profile_is_found_by_name_or_version_and_an_unknown_one_lists_them() -> None:
    assert profile("vorne") is profile("vorne@1") is VORNE
    with pytest.raises(UnknownProfile, match=r"vorne@1, iso22400@1, smrp@1, nf-e60-182@1"):
        profile("vorne@7")
