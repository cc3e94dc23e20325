"""What a point of OEE is worth: counted by hand, and null where something is not known."""

from fractions import Fraction

import pytest

from app.domain.accounting.buckets import Components
from app.domain.accounting.worth import worth_of_a_point
from app.domain.plant.products import Product

HOUR = 3_600_000
PRODUCTS = {
    "cola": Product("cola", "Cola", value=0.35, currency="EUR"),
    "water": Product("water", "Water", value=0.20, currency="EUR"),
    "odd": Product("odd", "Odd"),
    "syrup": Product("syrup", "Syrup", unit="kg", resolution=Fraction(1, 1000), value=2.0, currency="EUR"),
}


def made(good: int, cycle_ms: int, hours: int) -> Components:
    ideal = good * cycle_ms * 1_000_000
    return Components((0, 0, 0, 0, 0, 0, 0, hours * HOUR, 0), good, 0, 0, ideal, ideal)


def test_a_point_is_one_percent_of_planned_time_at_the_ideal_rate() -> None:
    found = worth_of_a_point({"cola": made(10_000, 500, 10)}, PRODUCTS)
    assert found.ms == pytest.approx(360_000)
    assert (found.units, found.unit) == (pytest.approx(720), "pcs")
    assert (found.money, found.currency) == (pytest.approx(720 * 0.35), "EUR")


def test_a_mix_is_worth_what_it_makes_in_its_own_proportion() -> None:
    found = worth_of_a_point({"cola": made(3_000, 500, 5), "water": made(1_000, 500, 5)}, PRODUCTS)
    assert found.units == pytest.approx(720)
    assert found.money == pytest.approx(720 * (0.75 * 0.35 + 0.25 * 0.20))


def test_measured_products_are_worth_in_their_own_unit() -> None:
    found = worth_of_a_point({"syrup": made(1_000_000, 1, 10)}, PRODUCTS)
    assert (found.units, found.unit, found.money) == (pytest.approx(360), "kg", pytest.approx(720))


@pytest.mark.parametrize(
    ("parts", "units", "money"),
    [
        ({}, None, None),
        ({"cola": Components()}, None, None),
        ({"odd": made(100, 500, 1)}, 72, None),
        ({"cola": made(100, 500, 1), "syrup": made(100, 500, 1)}, None, 1),
        ({None: made(100, 500, 1)}, None, None),
    ],
    ids=["nothing", "nothing made", "no value", "two units", "no product"],
)
def test_what_is_not_known_is_null(parts, units, money) -> None:
    found = worth_of_a_point(parts, PRODUCTS)
    assert (found.units is None) == (units is None)
    assert (found.money is None) == (money is None)
