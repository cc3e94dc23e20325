"""Shifts and calendar exceptions of a plant file, at any level, into shift calendars."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from app.domain.plant import keys
from app.domain.plant.form import Form, number, suggestion
from app.domain.plant.shifts import Break, ShiftCalendar, ShiftPattern

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MIDNIGHT = time(0)
DAY_MINUTES = 1_440
A_MONDAY = date(2024, 1, 1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Working time as the levels down to here say it: shifts, and exceptions by date."""

    zone: str = "UTC"
    patterns: tuple[ShiftPattern, ...] = ()
    exceptions: Mapping[date, tuple[str, ...]] = field(default_factory=dict)

    def calendar(self) -> ShiftCalendar:
        """Return the calendar of a line."""
        return ShiftCalendar(self.zone, self.patterns, self.exceptions)


def times_of(form: Form, above: Times) -> Times:
    """Return the working time at a site, area or line.

    Own `shifts` begin a calendar of its own; a `calendar` alone overrules the dates of the one above.
    """
    times = above
    if "shifts" in form:
        times = Times(above.zone, tuple(_pattern(entry) for entry in form.forms("shifts", keys.SHIFT)))
        _refuse_overlaps(form, times.patterns)
    own = dict(_exceptions(form, times.patterns))
    times = replace(times, exceptions={**times.exceptions, **own})
    _refuse_crowded_days(form, times, own)
    return times


def local_date(text: str) -> date:
    """Return a date from 2026-12-25."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-25") else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 2200:
        raise ValueError(f"`{text}` is not a date such as 2026-12-25")
    return day


def _pattern(form: Form) -> ShiftPattern:
    name = form.needed("name", "a short name such as early")
    if "/" in name:
        form.wrong("name", f"`{name}` contains a slash", "a name without `/`")
    form.needed("start", 'a local time such as "06:00"')
    form.needed("end", 'a local time such as "14:00" or "24:00"')
    start = form.parsed("start", _time, MIDNIGHT)
    end = form.parsed("end", lambda text: MIDNIGHT if text == "24:00" else _time(text), MIDNIGHT)
    breaks = tuple(_break(entry, start, end) for entry in form.forms("breaks", keys.BREAK))
    for one, other in pairwise(sorted(breaks, key=lambda b: _after(start, b.start))):
        if _after(start, one.start) + one.minutes > _after(start, other.start):
            form.wrong(
                "breaks", f"the breaks at {one.start:%H:%M} and {other.start:%H:%M} overlap", "one after the other"
            )
    return ShiftPattern(name, start, end, _days(form), breaks, form.text("crew"))


def _break(form: Form, shift_start: time, shift_end: time) -> Break:
    form.needed("start", 'a local time such as "10:00"')
    form.needed("minutes", "a whole number of minutes such as 15")
    start, minutes = form.parsed("start", _time, shift_start), form.parsed("minutes", _minutes, 0)
    if _after(shift_start, start) + minutes > (_after(shift_start, shift_end) or DAY_MINUTES):
        inside = f"a break inside {shift_start:%H:%M} to {shift_end:%H:%M}"
        form.wrong("start", f"the break at {start:%H:%M} for {minutes} min leaves its shift", inside)
    return Break(start, minutes, form.text("name") or "break")


def _days(form: Form) -> frozenset[int]:
    """Return the weekdays, 0 = Monday; every day when none are named."""
    if "days" not in form:
        return frozenset(range(7))
    words = form.words("days")
    for word, node in words:
        if word not in DAYS:
            form.notes.add(node, form.at("days"), f"unknown weekday `{word}`", suggestion(word[:3].lower(), DAYS))
    return frozenset(DAYS.index(word) for word, _ in words if word in DAYS)


def _exceptions(form: Form, patterns: tuple[ShiftPattern, ...]) -> Iterable[tuple[date, tuple[str, ...]]]:
    names = [pattern.name for pattern in patterns]
    seen: set[date] = set()
    for entry in form.forms("calendar", keys.EXCEPTION):
        entry.needed("date", "a date such as 2026-12-25")
        day = entry.parsed("date", local_date, None)
        if "shifts" not in entry:
            entry.wrong("shifts", "`shifts` is missing", "the shifts that open on this date; [] for none")
        opening = entry.words("shifts")
        for word, node in opening:
            if word not in names:
                entry.notes.add(node, entry.at("shifts"), f"unknown shift `{word}`", suggestion(word, names))
        if day in seen:
            entry.wrong("date", f"{day} stands in the calendar twice", "one entry a date")
        if day is not None:
            seen.add(day)
            yield day, tuple(word for word, _ in opening if word in names)


def _refuse_overlaps(form: Form, patterns: tuple[ShiftPattern, ...]) -> None:
    names = [pattern.name for pattern in patterns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        form.wrong("shifts", f"the shift `{name}` is there twice", "one name a shift")
    week = [A_MONDAY + day * ONE_DAY for day in range(8)]
    for one, other in _overlaps(Times(patterns=patterns), week):
        form.wrong("shifts", f"the shifts `{one}` and `{other}` overlap", "each begins when the one before has ended")


def _refuse_crowded_days(form: Form, times: Times, own: Mapping[date, tuple[str, ...]]) -> None:
    week = set(_overlaps(replace(times, exceptions={}), [A_MONDAY + day * ONE_DAY for day in range(8)]))
    for day in own:
        for one, other in _overlaps(times, [day - ONE_DAY, day, day + ONE_DAY]):
            if (one, other) not in week:
                right = "shifts that do not touch those of the days around"
                form.wrong("calendar", f"on {day} the shifts `{one}` and `{other}` overlap", right)


def _overlaps(times: Times, days: Iterable[date]) -> list[tuple[str, str]]:
    """Return the pairs of shifts that overlap in local time when they open on these days, each pair once."""
    opened = []
    for day in days:
        names = times.exceptions.get(day)
        for pattern in times.patterns:
            if pattern.name in names if names is not None else day.weekday() in pattern.days:
                last = day + ONE_DAY if pattern.end <= pattern.start else day
                ends = datetime.combine(last, pattern.end)
                opened.append((datetime.combine(day, pattern.start), ends, pattern.name))
    found = [(a[2], b[2]) for a, b in pairwise(sorted(opened)) if b[0] < a[1]]
    return list(dict.fromkeys(found))


def _time(text: str) -> time:
    found = TIME.fullmatch(text)
    if found is None:
        raise ValueError(f'`{text}` is not a local time such as "06:00"')
    return time(int(found[1]), int(found[2]))


def _minutes(text: str) -> int:
    minutes = number(text)
    if minutes != int(minutes) or not 0 < minutes <= DAY_MINUTES:
        raise ValueError(f"`{text}` is not a whole number of minutes such as 15")
    return int(minutes)


def _after(start: time, at: time) -> int:
    """Return the minutes from one local time to the next time it is the other."""
    return ((at.hour - start.hour) * 60 + at.minute - start.minute) % DAY_MINUTES
