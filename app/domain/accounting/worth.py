"""What a point of OEE is worth: the units and the money that one more percent of planned time would have made."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.accounting.buckets import NS_PER_MS, ZERO, Components
from app.domain.accounting.profiles import VORNE, Profile
from app.domain.plant.products import Product

POINT = 0.01


@dataclass(frozen=True, slots=True)
class Worth:
    """One OEE point of a window. units: in the products' own units, None when they differ or nothing was made.

    money: None while the value of a product that was made is not known; currency goes with it.
    """

    ms: float
    units: float | None
    unit: str | None
    money: float | None
    currency: str | None


def worth_of_a_point(
    by_product: Mapping[str | None, Components], products: Mapping[str, Product], profile: Profile = VORNE
) -> Worth:
    """Return what one OEE point is worth at the product mix and ideal rates of the window.

    Formula: time = 1 % of trusted planned time; units = time x produced / ideal time of produced; money = time x sum
    of produced x value / ideal time of produced. Unit: ms, real units, currency.
    Source: ours; the ideal time of a good unit is what OEE counts (DOMAIN section 2).
    """
    whole = sum(by_product.values(), ZERO)
    ms = profile.planned_ms(whole) * POINT
    made = [(products.get(name or ""), c.produced) for name, c in by_product.items() if c.produced > 0]
    if whole.ideal_ns <= 0 or not made:
        return Worth(ms, None, None, None, None)
    share = ms * NS_PER_MS / whole.ideal_ns
    known = [(product, count * product.resolution) for product, count in made if product is not None]
    units = {product.unit for product, _ in known}
    is_one = len(known) == len(made) and len(units) == 1
    currencies = {product.currency for product, _ in known}
    is_valued = len(known) == len(made) and len(currencies) == 1 and all(p.value is not None for p, _ in known)
    return Worth(
        ms,
        share * float(sum(count for _, count in known)) if is_one else None,
        units.pop() if is_one else None,
        share * sum((product.value or 0.0) * float(count) for product, count in known) if is_valued else None,
        currencies.pop() if is_valued else None,
    )
