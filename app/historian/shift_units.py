"""What a line made shift by shift, for judging what a decision brought."""

from app.domain.accounting.buckets import Components
from app.domain.accounting.kpi import coverage
from app.domain.decisions.effect import ShiftUnits
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkCenter
from app.historian.buckets import Group, cut, grouped
from app.historian.database import Database, asking_database


def units_by_shift(db: Database, line: WorkCenter, window: Interval) -> list[ShiftUnits]:
    """Return the line's shifts of a window by time; time outside shifts is in none. Raises DatabaseAway.

    known is coverage x the share of the shift that history was told about, so that half a shift is never a bad one.
    """
    when = {shift.key: Interval(shift.start, shift.end) for shift in line.calendar.instances(window)}
    with asking_database():
        found = grouped(db, [line.path], cut(line.calendar, window), ["shift"])
    return [_shift(group, when.get(group.key[0], group.told)) for group in found if group.key[0] is not None]


def _shift(group: Group, span: Interval) -> ShiftUnits:
    c: Components = group.components
    known = coverage(c)
    told = min(1.0, c.calendar_ms / span.length) if span.length else 0.0
    name = str(group.key[0]).partition("/")[2]
    return ShiftUnits(name, span.start, span.end, c.good, None if known is None else known * told)
