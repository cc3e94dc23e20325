"""Output of the shift so far against its target, and where both will stand at the shift's end."""

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pvariance

from app.boards.build_plan import Plan
from app.boards.build_shift import after_planned, planned_ms
from app.boards.line import OrderHead, Output
from app.domain.accounting.buckets import Cell, Components
from app.domain.accounting.facts import OrderFact
from app.domain.accounting.rollup import total
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.domain.plant.shifts import ShiftCalendar

FEWEST_STEPS = 6
Z_90 = 1.645


@dataclass(frozen=True, slots=True)
class Pace:
    """Good units per ms of planned time, from 5-minute steps: mean, variance between steps, and how many steps."""

    mean: float
    variance: float
    steps: int

    def ahead(self, planned: int, step_ms: float) -> tuple[float, float]:
        """Return (units expected in `planned` ms, half width of their 90 % band).

        Steps are taken as independent: variance of n coming steps plus that of the mean estimated from m.
        Source: ours; prediction interval of a mean. Units of the product's resolution.
        """
        n = planned / step_ms
        return self.mean * planned, Z_90 * step_ms * sqrt(self.variance * (n + n * n / self.steps))


def pace(steps: list[Components]) -> Pace | None:
    """Return the pace of steps with planned time; None under half an hour of them."""
    rates = [c.good / c.pbt_ms for c in steps if c.pbt_ms > 0]
    return Pace(fmean(rates), pvariance(rates), len(rates)) if len(rates) >= FEWEST_STEPS else None


def output(
    cells: list[Cell], plan: Plan, shift: Interval, now: int, expected: Pace | None, step_ms: int, unit: str
) -> Output:
    """Return the output of the shift so far; targets None without plan, projection None without pace."""
    made = total(cells)
    target = plan.target(cells)
    left = planned_ms(plan.line.calendar, Interval(max(now, shift.start), shift.end))
    product = cells[-1].key.product if cells else None
    more = plan.units(left, product, now)
    end = None if target is None else target + (more or 0)
    projection = low = high = None
    if expected is not None:
        middle, band = expected.ahead(left, step_ms)
        projection = made.good + round(middle)
        low, high = made.good + round(max(0.0, middle - band)), made.good + round(middle + band)
    whole = None if target is None else round(target)
    return Output(
        good=made.good,
        reject=made.reject,
        rework=made.rework,
        unit=unit,
        target=whole,
        delta=None if whole is None else made.good - whole,
        target_end=None if end is None else round(end),
        projection=projection,
        projection_low=low,
        projection_high=high,
    )


def unit_of(plant: Plant, product: str | None) -> str:
    """Return the unit a product is counted in; `pcs` when no product is known."""
    known = plant.products.get(product) if product is not None else None
    return known.unit if known is not None else "pcs"


def order_head(
    run: OrderFact, good: int, plant: Plant, calendar: ShiftCalendar, expected: Pace | None, now: int
) -> OrderHead:
    """Return the running order; eta: when its quantity is reached at the present pace in planned time."""
    product = plant.products.get(run.product) if run.product is not None else None
    eta = None
    if run.quantity is not None and good >= run.quantity:
        eta = now
    elif run.quantity is not None and expected is not None and expected.mean > 0:
        eta = after_planned(calendar, now, round((run.quantity - good) / expected.mean))
    return OrderHead(
        order=run.order,
        product=run.product,
        product_name=product.name if product is not None else run.product,
        quantity=run.quantity,
        good=good,
        since=run.start,
        eta=eta,
        due=run.due,
    )
