"""When a line works: its shifts and breaks as a row of edges in simulated time."""

from bisect import bisect_right
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.interval import DAY_MS, Interval
from app.domain.plant.shifts import ShiftCalendar, ShiftInstance

SPAN_MS = 10 * DAY_MS
NIGHT_FROM, NIGHT_TO, LATE_FROM = 19, 4, 11


class WorkClock:
    """The edges of a calendar: every shift start, shift end, break start and break end, read ten days at a time."""

    def __init__(self, calendar: ShiftCalendar) -> None:
        self._calendar = calendar
        self._loaded = Interval(0, 0)
        self._edges: list[int] = []
        self._shifts: list[ShiftInstance | None] = []
        self._working: list[bool] = []

    def is_open(self, t: int) -> bool:
        """True inside a shift and outside its breaks: people work."""
        at = self._at(t)
        return self._working[at]

    def shift(self, t: int) -> ShiftInstance | None:
        """Return the shift in which `t` lies, or None."""
        at = self._at(t)
        return self._shifts[at]

    def next_edge(self, t: int) -> int:
        """Return the first edge after `t`, ms; at most ten days away."""
        at = self._at(t)
        return self._edges[at + 1]

    def is_edge(self, t: int) -> bool:
        """True when a shift or break starts or ends exactly at `t`."""
        at = self._at(t)
        return self._edges[at] == t

    def is_night(self, t: int) -> bool:
        """True in a shift that opens in the evening or at night, local time."""
        return self._opening_hour(t) >= NIGHT_FROM or 0 <= self._opening_hour(t) < NIGHT_TO

    def is_late(self, t: int) -> bool:
        """True in a shift that opens around noon, local time."""
        return LATE_FROM <= self._opening_hour(t) < NIGHT_FROM

    def _opening_hour(self, t: int) -> int:
        shift = self.shift(t)
        if shift is None:
            return -1
        return datetime.fromtimestamp(shift.start / 1000, ZoneInfo(self._calendar.zone)).hour

    def _at(self, t: int) -> int:
        if not self._loaded.start <= t < self._loaded.end:
            self._load(t)
        return bisect_right(self._edges, t) - 1

    def _load(self, t: int) -> None:
        window = Interval(t - t % DAY_MS - DAY_MS, t - t % DAY_MS + SPAN_MS)
        self._edges, self._shifts, self._working = [window.start], [None], [False]
        for shift in self._calendar.instances(window):
            at = shift.start
            for pause in (p for p in shift.breaks if p.start < shift.end):
                self._mark(at, shift, is_open=True)
                self._mark(pause.start, shift, is_open=False)
                at = pause.end
            self._mark(at, shift, is_open=True)
            self._mark(shift.end, None, is_open=False)
        self._mark(max(window.end, self._edges[-1] + 1), self._shifts[-1], is_open=self._working[-1])
        self._loaded = Interval(window.start, window.end)

    def _mark(self, t: int, shift: ShiftInstance | None, *, is_open: bool) -> None:
        """Begin a segment at `t`; it replaces one that would be empty, and shifts that touch share their edge."""
        while self._edges and self._edges[-1] >= t:
            self._edges.pop()
            self._shifts.pop()
            self._working.pop()
        self._edges.append(t)
        self._shifts.append(shift)
        self._working.append(is_open)
