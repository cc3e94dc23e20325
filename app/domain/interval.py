"""Half-open intervals of UTC milliseconds: the only way Lineside speaks about a stretch of time."""

import datetime as dt
from typing import NamedTuple

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Interval(NamedTuple):
    """[start, end) in UTC milliseconds; empty when end <= start."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Length in ms, never negative."""
        return max(0, self.end - self.start)

    def clip(self, other: "Interval") -> "Interval":
        """Return the part inside `other`; may be empty."""
        return Interval(max(self.start, other.start), min(self.end, other.end))


def floor_hour(t: int) -> int:
    """Return the start of the UTC hour that contains `t` (ms)."""
    return t - t % HOUR_MS


def utc_midnight(day: dt.date) -> int:
    """Return UTC ms of a date's midnight in UTC."""
    return (day - dt.date(1970, 1, 1)).days * DAY_MS
