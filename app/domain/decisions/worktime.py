"""Working time of a line: its open windows laid end to end, so that closed time vanishes and can be put back."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.interval import Interval
from app.domain.plant.shifts import ShiftCalendar, ShiftInstance


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Open windows, rising and disjoint, none empty; `total` ms of work fit into them."""

    windows: tuple[Interval, ...]
    total: int = field(init=False)
    _before: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        before, total = [], 0
        for window in self.windows:
            before.append(total)
            total += window.length
        object.__setattr__(self, "_before", tuple(before))
        object.__setattr__(self, "total", total)

    def done_by(self, t: int) -> int:
        """Return how many ms of work fit in before `t` (UTC ms)."""
        at = bisect_right(self.windows, t, key=lambda window: window.start) - 1
        return 0 if at < 0 else self._before[at] + min(t - self.windows[at].start, self.windows[at].length)

    def begins(self, work: int) -> int | None:
        """Return when the first ms after `work` ms can be worked, UTC ms; None: the windows end before.

        >>> WorkTime((Interval(0, 10), Interval(50, 60))).begins(10)
        50
        """
        if not 0 <= work < self.total:
            return None
        at = bisect_right(self._before, work) - 1
        return self.windows[at].start + work - self._before[at]

    def ends(self, work: int) -> int | None:
        """Return when `work` ms are done at the earliest, UTC ms; None: the windows end before.

        >>> WorkTime((Interval(0, 10), Interval(50, 60))).ends(10)
        10
        """
        if not 0 <= work <= self.total or not self.windows:
            return None
        at = max(0, bisect_left(self._before, work) - 1)
        return self.windows[at].start + work - self._before[at]


def finish(start: int, work_ms: int, windows: Sequence[Interval]) -> int | None:
    """Return when work begun at `start` (UTC ms) is done, worked in `windows` only; None: they end before.

    >>> finish(5, 10, (Interval(0, 10), Interval(50, 60)))
    55
    """
    time = WorkTime(tuple(windows))
    return time.ends(time.done_by(start) + work_ms)


def open_windows(calendar: ShiftCalendar, within: Interval) -> tuple[Interval, ...]:
    """Return when a line works in a stretch of time: its shifts without their breaks; touching ones are one."""
    found: list[Interval] = []
    for shift in calendar.instances(within):
        for part in worked_parts(shift):
            part = part.clip(within)
            if not part.length:
                continue
            if found and found[-1].end == part.start:
                found[-1] = Interval(found[-1].start, part.end)
            else:
                found.append(part)
    return tuple(found)


def worked_parts(shift: ShiftInstance) -> list[Interval]:
    """Return a shift without its breaks."""
    parts, at = [], shift.start
    for pause in shift.breaks:
        parts.append(Interval(at, pause.start))
        at = pause.end
    return [part for part in (*parts, Interval(at, shift.end)) if part.length]
