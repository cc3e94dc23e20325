"""The plant as it was worked: the plant file's calendars with the shift exceptions people said laid over them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from app.domain.interval import DAY_MS, Interval, utc_midnight
from app.domain.plant.equipment import Area, Plant, WorkCenter
from app.domain.plant.shifts import ShiftCalendar

Said = Mapping[date, tuple[str, ...] | None]
"""Local date -> the shifts that opened then, as said; None: as the plant file has it."""


def excepted(calendar: ShiftCalendar, said: Said) -> ShiftCalendar:
    """Return the calendar with the shifts said to open on dates; the same calendar when nothing differs."""
    found = {day: shifts for day, shifts in said.items() if shifts is not None}
    return replace(calendar, exceptions={**calendar.exceptions, **found}) if found else calendar


def touched(before: ShiftCalendar, after: ShiftCalendar, day: date) -> Interval:
    """Return the time whose shift may differ between two calendars that differ on one local date."""
    around = Interval(utc_midnight(day) - DAY_MS, utc_midnight(day) + 3 * DAY_MS)
    shifts = [s for c in (before, after) for s in c.instances(around) if s.date == day]
    ends = [t for s in shifts for t in (s.start, s.end)]
    return Interval(min(ends, default=around.start), max(ends, default=around.start))


def as_worked(plant: Plant, said: Mapping[str, Said]) -> Plant:
    """Return the plant with what was said of lines (path -> dates) laid over their calendars."""

    def line(found: WorkCenter) -> WorkCenter:
        own = said.get(found.path)
        return found if own is None else replace(found, calendar=excepted(found.calendar, own))

    def areas(found: Iterable[Area]) -> tuple[Area, ...]:
        return tuple(replace(area, lines=tuple(map(line, area.lines))) for area in found)

    return replace(plant, sites=tuple(replace(site, areas=areas(site.areas)) for site in plant.sites))
