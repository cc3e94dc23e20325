"""Shift calendar -> shift instances in UTC: breaks, exceptions, overnight shifts, DST (DOMAIN section 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.interval import DAY_MS, MINUTE_MS, Interval

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMEMBERED_DAYS = 4_096


@dataclass(frozen=True, slots=True)
class Break:
    """A planned stop inside a shift: local start, length in minutes of real time."""

    start: time
    minutes: int
    name: str = "break"


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """A shift of the week. end <= start means it ends the next day; both 00:00 (or end 24:00) is a full day.

    days: 0 = Monday ... 6 = Sunday, the local day on which it opens.
    """

    name: str
    start: time
    end: time
    days: frozenset[int]
    breaks: tuple[Break, ...] = ()
    crew: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftInstance:
    """One shift on one production date: [start, end) in UTC ms. key: `date/name`, unique per calendar.

    breaks: planned stops inside it, UTC, rising and disjoint.
    """

    name: str
    date: date
    start: int
    end: int
    breaks: tuple[Interval, ...] = ()

    @property
    def key(self) -> str:
        """`2026-11-23/early`: the shift's name on facts and in URLs."""
        return f"{self.date.isoformat()}/{self.name}"


@dataclass(frozen=True, slots=True)
class ShiftCalendar:
    """When a site, area or line works. exceptions: local date -> names of the shifts that open then, if any.

    _days remembers what each UTC day was found to hold; it changes no answer and is no part of equality.
    """

    zone: str = "UTC"
    patterns: tuple[ShiftPattern, ...] = ()
    exceptions: Mapping[date, tuple[str, ...]] = field(default_factory=dict, hash=False)
    _days: dict[int, tuple[ShiftInstance, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def instances(self, window: Interval) -> list[ShiftInstance]:
        """Return the shift instances that overlap `window`, by start; never overlapping one another.

        A local time that a DST change skips is moved forward by the gap; one that happens twice is the first.
        Where such a move would make two shifts overlap, the earlier one ends when the later one begins.
        """
        found: list[ShiftInstance] = []
        if not window.length:
            return found
        for day in range(window.start // DAY_MS, -(-window.end // DAY_MS)):
            for shift in self._on(day):
                is_new = not found or shift.start > found[-1].start
                if is_new and shift.start < window.end and shift.end > window.start:
                    found.append(shift)
        return found

    def at(self, t: int) -> ShiftInstance | None:
        """Return the shift in which `t` lies, or None when nothing is scheduled."""
        for shift in self._on(t // DAY_MS):
            if shift.start <= t < shift.end:
                return shift
        return None

    def _on(self, day: int) -> tuple[ShiftInstance, ...]:
        """Return the instances that overlap the UTC day with this number since 1970, by start."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= REMEMBERED_DAYS:
                self._days.clear()
            known = self._days[day] = self._overlapping(day)
        return known

    def _overlapping(self, day: int) -> tuple[ShiftInstance, ...]:
        """Work out one UTC day from the local days whose shifts, or their neighbours, can touch it."""
        middle = EPOCH.date() + timedelta(days=day)
        shifts = [s for offset in range(-3, 3) for s in self._opening(middle + timedelta(days=offset))]
        start, end = day * DAY_MS, (day + 1) * DAY_MS
        return tuple(s for s in _disjoint(shifts) if s.start < end and s.end > start)

    def _opening(self, day: date) -> Iterator[ShiftInstance]:
        """Yield the shifts that open on a local date, as the week or the exception says."""
        names = self.exceptions.get(day)
        for pattern in self.patterns:
            if pattern.name in names if names is not None else day.weekday() in pattern.days:
                yield _instance(pattern, day, ZoneInfo(self.zone))


def _instance(pattern: ShiftPattern, day: date, zone: ZoneInfo) -> ShiftInstance:
    last_day = day + timedelta(days=1) if pattern.end <= pattern.start else day
    breaks = []
    for pause in pattern.breaks:
        pause_day = day + timedelta(days=1) if pause.start < pattern.start else day
        start = _utc_ms(pause_day, pause.start, zone)
        breaks.append(Interval(start, start + pause.minutes * MINUTE_MS))
    start, end = _utc_ms(day, pattern.start, zone), _utc_ms(last_day, pattern.end, zone)
    return ShiftInstance(pattern.name, day, start, max(start, end), tuple(breaks))


def _utc_ms(day: date, local: time, zone: ZoneInfo) -> int:
    """Return UTC ms of a local time. fold=0: in a gap the offset before it holds; of two, the first."""
    return (datetime.combine(day, local, tzinfo=zone) - EPOCH) // timedelta(milliseconds=1)


def _disjoint(shifts: list[ShiftInstance]) -> Iterator[ShiftInstance]:
    """Yield the shifts by start, each ended by the next one's start, breaks inside it; empty ones vanish."""
    ordered = sorted(shifts, key=lambda shift: shift.start)
    for at, shift in enumerate(ordered):
        end = min(shift.end, ordered[at + 1].start) if at + 1 < len(ordered) else shift.end
        if shift.start < end:
            yield replace(shift, end=end, breaks=_inside(shift.breaks, shift.start, end))


def _inside(breaks: tuple[Interval, ...], start: int, end: int) -> tuple[Interval, ...]:
    """Return the breaks by start, cut to [start, end) and to one another; empty ones vanish."""
    kept: list[Interval] = []
    free_from = start
    for pause in sorted(breaks, key=lambda pause: pause.start):
        begin, stop = max(pause.start, free_from), min(pause.end, end)
        if begin < stop:
            kept.append(Interval(begin, stop))
            free_from = stop
    return tuple(kept)
