"""MTBF and MTTR with their intervals against published tables and their own laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounting.reliability import mtbf_with_interval, mttr_with_interval

FAILURES = st.integers(1, 2_000)
TIMES = st.integers(1, 10**12)


def test_limits_are_those_of_the_chi_squared_table() -> None:
    """Ten failures in 1000 h: chi2(0.975; 22) = 36.781, chi2(0.025; 20) = 9.591, chi2(0.975; 20) = 34.170."""
    between = mtbf_with_interval(1000, 10)
    assert between is not None
    assert between == pytest.approx((100.0, 2000 / 36.781, 2000 / 9.591), rel=1e-4)
    assert mttr_with_interval(1000, 10) == pytest.approx((100.0, 2000 / 34.170, 2000 / 9.591), rel=1e-4)


def test_without_failures_nothing_is_known() -> None:
    assert mtbf_with_interval(1000, 0) is None
    assert mttr_with_interval(0, 0) is None


@given(TIMES, FAILURES)
def test_the_mean_lies_inside_its_interval_which_narrows_with_failures(time: int, failures: int) -> None:
    for reckon in (mtbf_with_interval, mttr_with_interval):
        few, many = reckon(time, failures), reckon(2 * time, 2 * failures)
        assert few is not None
        assert many is not None
        assert few.high is not None
        assert many.high is not None
        assert few.low < few.value < few.high
        assert many.high - many.low < few.high - few.low
