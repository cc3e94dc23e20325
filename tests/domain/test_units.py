"""Durations, rates, cycles and money are read exactly or refused with what would be right."""

from fractions import Fraction

import pytest

from app.domain.units import BadUnit, cycle_ns, duration_ms, duration_ns, money, rate_per_s


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("500ms", 500),
        ("2s", 2_000),
        ("1.5min", 90_000),
        ("1h", 3_600_000),
        ("24 h", 86_400_000),
        ("14d", 1_209_600_000),
    ],
)
def test_durations_are_exact_milliseconds(text: str, ms: int) -> None:
    assert duration_ms(text) == ms
    assert duration_ns(text) == ms * 1_000_000


def test_a_rate_and_its_cycle_are_the_same_thing() -> None:
    assert cycle_ns("7200/h") == cycle_ns("500ms") == 500_000_000
    assert cycle_ns("7000/h") * 7000 == 3_600_000_000_000
    assert cycle_ns("0.25/h") == 4 * 3_600_000_000_000
    assert rate_per_s("4/min") == Fraction(4, 60)


def test_money_has_an_amount_and_a_currency() -> None:
    assert money("0.35 EUR") == (0.35, "EUR")


@pytest.mark.parametrize("text", ["", "2", "2 sec", "-2s", "1e3s", "s", "2s 3s", "1,5min", "nan s", "9" * 40 + "s"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadUnit, match="such as"):
        duration_ms(text)


@pytest.mark.parametrize("text", ["0.0001ms", "1.5ms"])
def test_a_threshold_is_whole_milliseconds(text: str) -> None:
    with pytest.raises(BadUnit, match="finer than a millisecond"):
        duration_ms(text)


@pytest.mark.parametrize("text", ["0/h", "0ms", "7200", "7200/x", "fast"])
def test_a_cycle_is_above_zero_and_has_a_unit(text: str) -> None:
    with pytest.raises(BadUnit, match="such as"):
        cycle_ns(text)


@pytest.mark.parametrize("text", ["0.35", "0.35 euro", "EUR 0.35", "-1 EUR"])
def test_money_without_a_currency_is_refused(text: str) -> None:
    with pytest.raises(BadUnit, match=r"0\.35 EUR"):
        money(text)
