"""Which window a line board is about: the shift at `now`, or the time since the last one; and its local hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.boards.line import ShiftHead
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.shifts import ShiftCalendar

LOOK_MS = 8 * DAY_MS
LONGEST_GAP_MS = 12 * HOUR_MS


def shift_head(calendar: ShiftCalendar, now: int) -> ShiftHead:
    """Return the scheduled shift at `now`; without one the time since the last shift (at most 12 h) to the next one.

    name None means nothing is scheduled; end is then the start of the next shift, or one hour on if none is in sight.
    """
    shift = calendar.at(now)
    if shift is not None:
        return ShiftHead(shift.name, shift.date.isoformat(), shift.key, shift.start, shift.end)
    near = calendar.instances(Interval(now - LONGEST_GAP_MS, now + LOOK_MS))
    ended = [s.end for s in near if s.end <= now]
    ahead = [s.start for s in near if s.start > now]
    start = max(ended, default=floor_hour(now - LONGEST_GAP_MS))
    return ShiftHead(None, None, None, start, min(ahead, default=floor_hour(now) + HOUR_MS))


def local_hours(window: Interval, zone: str) -> list[tuple[Interval, str]]:
    """Return the clock hours of `zone` cut to `window` with labels: `06`, or `06:30` off the hour.

    A clock change inside the window repeats or leaves out a label; the intervals always cover the window exactly.
    """
    place = ZoneInfo(zone)
    found: list[tuple[Interval, str]] = []
    start = window.start
    while start < window.end:
        local = datetime.fromtimestamp(start / 1000, place)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        end = min(window.end, start + HOUR_MS - into // timedelta(milliseconds=1))
        found.append((Interval(start, end), f"{local:%H:%M}" if into else f"{local:%H}"))
        start = end
    return found


def planned_ms(calendar: ShiftCalendar, window: Interval) -> int:
    """Return the time of `window` inside shifts and outside their breaks, ms."""
    return sum(
        shift_part.length - sum(pause.clip(window).length for pause in shift.breaks)
        for shift in calendar.instances(window)
        for shift_part in [Interval(shift.start, shift.end).clip(window)]
    )


def after_planned(calendar: ShiftCalendar, start: int, need_ms: int) -> int | None:
    """Return when `need_ms` of planned time have passed since `start`; None when not within the next eight days."""
    for shift in calendar.instances(Interval(start, start + LOOK_MS)):
        at = max(start, shift.start)
        for end, resume in [*shift.breaks, Interval(shift.end, shift.end)]:
            if end > at:
                if need_ms <= end - at:
                    return at + need_ms
                need_ms -= end - at
            at = max(at, resume)
    return None
