"""Shift calendar -> shift instances in UTC, with breaks, exceptions, overnight shifts and DST (DOMAIN section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from app.domain.interval import Interval


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
    """When a site, area or line works. exceptions: local date -> names of the shifts that open then (may be empty)."""

    zone: str = "UTC"
    patterns: tuple[ShiftPattern, ...] = ()
    exceptions: Mapping[date, tuple[str, ...]] = field(default_factory=dict)

    def instances(self, window: Interval) -> list[ShiftInstance]:
        """Return the shift instances that overlap `window`, by start; never overlapping one another.

        A local time that a DST change skips is moved forward by the gap; one that happens twice is the first.
        """
        raise NotImplementedError

    def at(self, t: int) -> ShiftInstance | None:
        """Return the shift in which `t` lies, or None when nothing is scheduled."""
        return next(iter(self.instances(Interval(t, t + 1))), None)
