"""The KPIs of a board from components: shared by line, machine tiles and area."""

from app.boards.line import Kpis
from app.domain.accounting import kpi
from app.domain.accounting.bounds import oee_bounds
from app.domain.accounting.buckets import Components
from app.domain.accounting.profiles import VORNE, Profile

COVERAGE_FLOOR = 0.9


def kpis(c: Components, profile: Profile = VORNE, coverage_floor: float = COVERAGE_FLOOR) -> Kpis:
    """Return the KPIs of a window so far; greyed when less than `coverage_floor` (fraction) of it is known."""
    bounds = oee_bounds(c, profile)
    speed = kpi.performance(c, profile)
    known = kpi.coverage(c, profile)
    return Kpis(
        oee=kpi.oee(c, profile),
        oee_low=bounds[0] if bounds else None,
        oee_high=bounds[1] if bounds else None,
        availability=kpi.availability(c, profile),
        performance=speed,
        quality=kpi.quality(c, profile),
        coverage=known,
        throughput_per_h=kpi.throughput_per_h(c, profile),
        why_null=kpi.why_null(c, profile),
        check_standard=speed is not None and speed > 1,
        greyed=known is not None and known < coverage_floor,
        profile=profile.key,
    )
