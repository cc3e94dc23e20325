"""Laws of the KPIs, for any components and under every profile."""

from dataclasses import astuple
from fractions import Fraction
from math import isclose, isfinite

import pytest
from hypothesis import assume, given

from app.domain.accounting import kpi
from app.domain.accounting.bounds import oee_bounds
from app.domain.accounting.buckets import NS_PER_MS, ZERO, Bucket, Cell, CellKey, Components
from app.domain.accounting.compare import GRID, difference, exact_oee
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import PROFILES, SMRP, VORNE, Profile
from app.domain.accounting.rollup import order, rollup, total
from app.domain.interval import Interval
from tests.domain.accounting.strategies import components

each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.key)


@given(components())
def test_the_loss_waterfall_closes_on_planned_busy_time(c: Components) -> None:
    found = losses(c)
    assert sum(found) == c.pbt_ms * NS_PER_MS
    assert sum(found.in_ms()) == c.pbt_ms
    assert found.lost == c.pbt_ms * NS_PER_MS - c.ideal_good_ns


@each_profile
@given(c=components())
def test_oee_is_availability_times_performance_times_quality(profile: Profile, c: Components) -> None:
    value, exact = kpi.oee(c, profile), exact_oee(c, profile)
    factors = [f(c, profile) for f in (kpi.availability, kpi.performance, kpi.quality)]
    if value is None or exact is None or None in factors:
        assert value is None
        assert kpi.why_null(c, profile) is not None
        return
    run, planned = profile.run_ms(c) * NS_PER_MS, profile.planned_ms(c) * NS_PER_MS
    assert exact == Fraction(run, planned) * Fraction(c.ideal_ns, run) * Fraction(c.ideal_good_ns, c.ideal_ns)
    assert value == float(exact)
    assert isclose(value, factors[0] * factors[1] * factors[2], rel_tol=1e-12)


@each_profile
@given(c=components())
def test_the_value_lies_within_its_interval(profile: Profile, c: Components) -> None:
    bounds, value = oee_bounds(c, profile), kpi.oee(c, profile)
    assert (bounds is None) == (c.buckets_ms[Bucket.UNKNOWN] == 0)
    if bounds is not None:
        assert 0 <= bounds[0] <= bounds[1]
        assert value is None or bounds[0] <= value <= bounds[1]


@each_profile
@given(c=components())
def test_a_row_with_a_value_has_an_interval_that_holds_it(profile: Profile, c: Components) -> None:
    row = kpi.kpi_row("s/a/l", Interval(0, c.calendar_ms), None, None, c, profile)
    is_known = not row.buckets_ms["unknown"]
    assert (row.oee_interval is None) is (is_known and row.oee is None)
    if row.oee is not None and row.oee_interval is not None:
        low, high = row.oee_interval
        assert low == row.oee == high if is_known else low <= row.oee + 1e-12 and row.oee <= high + 1e-12


@each_profile
@given(c=components())
def test_every_figure_of_a_row_is_none_or_a_finite_number_not_below_zero(profile: Profile, c: Components) -> None:
    row = kpi.kpi_row("s/a/l", Interval(0, c.calendar_ms), None, None, c, profile)
    for name in ("availability", "performance", "quality", "oee", "teep", "coverage", "mtbf_ms", "throughput_per_h"):
        value = getattr(row, name)
        assert value is None or (isfinite(value) and value >= 0), name
    assert sum(row.buckets_ms.values()) == c.calendar_ms
    assert row.profile == profile.key


@each_profile
@given(before=components(), after=components())
def test_the_difference_waterfall_adds_up_exactly(profile: Profile, before: Components, after: Components) -> None:
    steps = difference(before, after, profile)
    first, second = exact_oee(before, profile), exact_oee(after, profile)
    assert bool(steps) == (first is not None and second is not None)
    if first is not None and second is not None:
        assert sum(step.exact for step in steps) == second - first
        assume(max(abs(step.exact) for step in steps) < 2**22)
        assert sum(step.points for step in steps) == round((second - first) * GRID) / GRID


@given(components(), components(), components())
def test_adding_components_knows_no_order(a: Components, b: Components, c: Components) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + ZERO == a


@given(components(), components(), components())
def test_a_rollup_by_any_key_adds_up_to_the_total(a: Components, b: Components, c: Components) -> None:
    cells = [Cell(CellKey("s/a/l", 0, None, None, name), part) for name, part in zip("xyx", (a, b, c), strict=True)]
    parts = rollup(cells, order)
    assert parts == {"x": a + c, "y": b}
    assert sum(parts.values(), ZERO) == total(cells)


@given(components())
def test_losses_of_a_sum_are_the_sum_of_losses(c: Components) -> None:
    assert astuple(c + c) == tuple(
        tuple(2 * ms for ms in part) if isinstance(part, tuple) else 2 * part for part in astuple(c)
    )
    assert losses(c + c) == tuple(2 * ns for ns in losses(c))


@given(components())
def test_oee_does_not_depend_on_how_minor_stops_and_planned_stops_are_named(c: Components) -> None:
    values = {kpi.oee(c, profile) for profile in PROFILES if profile is not SMRP}
    assert len({value for value in values if value is not None}) <= 1
    smrp, vorne = kpi.oee(c, SMRP), kpi.oee(c, VORNE)
    assert smrp is None or vorne is None or smrp <= vorne
