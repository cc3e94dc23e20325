"""What should have been made: the ideal output of planned time at the constraint's rate times the line's OEE target."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from app.domain.accounting.buckets import NS_PER_MS, Cell
from app.domain.plant.equipment import Plant, WorkCenter


@dataclass(frozen=True, slots=True)
class Plan:
    """A line's plan. Without a declared `oee_target` there is no target: nobody set one."""

    line: WorkCenter
    plant: Plant

    def target(self, cells: Iterable[Cell]) -> Fraction | None:
        """Return the units that planned time in `cells` (the line's) should have given; None without rate or target.

        Formula: sum of PBT x OEE target / ideal cycle time in force. Unit: units of the product's resolution.
        Source: SCREENS, operator; DOMAIN section 3, line OEE.
        """
        amount, is_rated = Fraction(0), False
        for cell in cells:
            units = self.units(cell.components.pbt_ms, cell.key.product, cell.key.hour)
            if units is not None:
                amount, is_rated = amount + units, True
        return amount if is_rated else None

    def units(self, planned_ms: int, product: str | None, t: int) -> Fraction | None:
        """Return the units `planned_ms` should give at the rate in force at `t`; None without rate or target."""
        rate = self.plant.rates.rate(self.line.constraint, product, t)
        if rate is None or self.line.oee_target is None:
            return None
        return Fraction(planned_ms * NS_PER_MS, rate.cycle_ns) * Fraction(str(self.line.oee_target))
