"""The manager's question: which shift loses what, and what makes the difference."""

from app.boards.shifts import ShiftColumn, ShiftComparison, Step, TrendPoint
from app.domain.accounting.buckets import NS_PER_MS, ZERO, Components
from app.domain.accounting.compare import difference
from app.domain.accounting.kpi import coverage, kpi_row, oee
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import Profile
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.database import Database
from app.views.kpis import ShiftSum, lines_of, name_of, shift_sums


def shift_comparison(
    db: Database, plant: Plant, equipment: str, window: Interval, profile: Profile
) -> ShiftComparison | None:
    """Return the shifts of window compared by name (early, late, night), in the order they first appear.

    The waterfall leads from the first column to the second. None for equipment that is not in the plant.
    """
    lines = lines_of(plant, equipment)
    if not lines:
        return None
    shifts = shift_sums(db, plant, equipment, window)
    names = list(dict.fromkeys(shift.ref.name for shift in shifts))
    columns = {name: [s for s in shifts if s.ref.name == name] for name in names}
    sums = [sum((s.components for s in columns[name]), ZERO) for name in names]
    return ShiftComparison(
        equipment=equipment,
        name=name_of(plant, equipment),
        from_ms=window.start,
        to_ms=window.end,
        zone=lines[0].zone,
        as_of=max((s.told.end for s in shifts), default=None),
        profile=profile.key,
        columns=tuple(_column(equipment, name, columns[name], profile) for name in names),
        waterfall=_waterfall(sums, profile),
        trend=tuple(_point(s, profile) for s in shifts),
    )


def _column(equipment: str, name: str, shifts: list[ShiftSum], profile: Profile) -> ShiftColumn:
    components = sum((s.components for s in shifts), ZERO)
    told = Interval(min(s.told.start for s in shifts), max(s.told.end for s in shifts))
    row = kpi_row(equipment, told, None, None, components, profile)
    return ShiftColumn(name, name, len(shifts), row, losses(components).in_ms()._asdict())


def _waterfall(sums: list[Components], profile: Profile) -> tuple[Step, ...]:
    if len(sums) < 2:
        return ()
    return tuple(Step(d.key, d.points, d.ms) for d in difference(sums[0], sums[1], profile))


def _point(s: ShiftSum, profile: Profile) -> TrendPoint:
    c = s.components
    lost = losses(c).lost // NS_PER_MS
    return TrendPoint(s.ref.date, s.ref.name, s.told.start, oee(c, profile), coverage(c, profile), lost)
