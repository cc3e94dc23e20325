"""Which hours of a machine must be told to history anew, and why; nothing here changes a figure."""

from heapq import nlargest, nsmallest

from app.domain.accounting.buckets import Episode
from app.domain.accounting.day import FIRST, Day
from app.domain.accounting.episodes import FARTHEST_MS
from app.domain.accounting.history import History
from app.domain.accounting.timeline import Context, story
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour

QUIET_MS = 60_000
"""A hole behind late data is told to history once nothing came for this long: until then it is still being filled."""
MOST_HOURS = 8
"""Hours of one machine told at once: more wait for the next time, so that the live picture never waits for history."""


class Changes:
    """Hours to tell anew of one machine.

    dirty: as they are; shaken: their running time changed, so the counts that are spread over them may move other
    hours too. open_told, entering_told: episodes told last as still open, as
    reaching into what was told.
    """

    def __init__(self, history: History, context: Context) -> None:
        self._history = history
        self._context = context
        self.dirty: set[int] = set()
        self._shaken: set[int] = set()
        self._touched: list[int] = []
        self.hole: int | None = None
        self._hole_at = 0
        self.settled_to: int | None = None
        self.told_from: int | None = None
        self.open_told: Episode | None = None
        self.entering_told: Episode | None = None

    def touch(self, t: int) -> None:
        """A statement or an attestation at `t` changed: the whole stops and runs around it are told anew."""
        self._touched.append(t)

    def mark(self, window: Interval) -> None:
        """Mark every hour of a window whose figures changed for a reason outside this machine (order, gap)."""
        self._shaken.update(range(floor_hour(window.start), max(window.end, window.start + 1), HOUR_MS))

    def mark_long(self, window: Interval, now: int) -> None:
        """Mark a window that may reach far beyond what is being filled: the first day now, the rest later."""
        self.mark(Interval(window.start, min(window.end, window.start + DAY_MS)))
        if window.end > window.start + DAY_MS:
            self._defer(window.start + DAY_MS, now)

    def _defer(self, start: int, now: int) -> None:
        self.hole, self._hole_at = start if self.hole is None else min(self.hole, start), now

    def take(self, now: int, *, open_hours: bool) -> list[int]:
        """Return the hours to tell anew, rising, and forget them; at most MOST_HOURS, the newest among them."""
        self._expand(now)
        self._pass_time(now)
        self._fill_hole(now)
        self._shake()
        begin = self._begin(now)
        self.dirty = set() if begin is None else {h for h in self.dirty if begin <= h < now}
        last = now if open_hours else now - HOUR_MS + 1
        hours = [h for h in self.dirty if h < last]
        if len(hours) > MOST_HOURS:  # thousands after years without the plant: not sorted to take a few
            hours = nsmallest(MOST_HOURS - 2, hours) + nlargest(2, hours)
        self.dirty.difference_update(hours)
        return sorted(hours)

    def _begin(self, now: int) -> int | None:
        """The hour in which the machine's record begins: with the shift in which it was first heard, if it was."""
        born = self._history.born
        if born is None or born >= now:
            return None
        shift = self._context.calendar.at(born)
        begin = floor_hour(born if shift is None else shift.start)
        if self.told_from is None or begin < self.told_from:
            self.dirty.update(range(begin, now if self.told_from is None else self.told_from, HOUR_MS))
            self.told_from = begin
        return begin

    def _expand(self, now: int) -> None:
        """Mark what changed statements and attestations change: the whole stops and runs that touch them."""
        if not self._touched:
            return
        touched = sorted(t for t in self._touched if t < now)
        self._touched.clear()
        for lo, hi in _clusters(touched):
            self._expand_cluster(lo, hi, now)

    def _expand_cluster(self, lo: int, hi: int, now: int) -> None:
        unit = self._context.unit
        slack = unit.ignore_under_ms + unit.minimum_run_ms + 1
        pieces = story(self._history, self._context, Interval(lo - slack, min(hi + 1, now)), now)
        start, end = max(pieces[0].start, lo - FARTHEST_MS), pieces[-1].end
        if end > hi + DAY_MS:
            end = hi + HOUR_MS
            self._defer(hi, now)
        self._shaken.update(range(floor_hour(start), end + 1, HOUR_MS))

    def _shake(self) -> None:
        """Mark the hours over which counts are spread that touch hours whose running time changed."""
        born = self._history.born
        for hour in self._shaken:
            if born is None or hour + HOUR_MS <= born:
                continue
            for made in self._history.made(Interval(hour, hour + HOUR_MS)):
                start = made.t1 - 1 if made.t0 == FIRST else made.t0
                if start < hour or made.t1 >= hour + HOUR_MS:
                    self.dirty.update(range(floor_hour(max(start, hour - FARTHEST_MS)), made.t1 + 1, HOUR_MS))
        self.dirty |= self._shaken
        self._shaken.clear()

    def _pass_time(self, now: int) -> None:
        """Mark what the mere passing of time changes: open hours, and stops or silence that became what they are."""
        if self.settled_to is not None:
            slack = (
                self._context.unit.minor_stop_ms
                + min(self._history.silence_ms, HOUR_MS)
                + self._context.unit.ignore_under_ms
            )
            start = max(self.settled_to - slack, now - FARTHEST_MS)
            self.dirty.update(range(floor_hour(start), now + 1, HOUR_MS))
        self.settled_to = now

    def _fill_hole(self, now: int) -> None:
        if self.hole is None or now - self._hole_at < QUIET_MS:
            return
        self.dirty.update(range(floor_hour(self.hole), now + 1, HOUR_MS))
        self.hole = None

    def mark_covered(self, day: Day, t: int) -> None:
        """Mark the hours a count at `t` is spread over, and those of the count behind it."""
        newest = day.newest
        before = newest if 0 <= newest <= t else self._history.last_count(t)
        day.newest = max(newest, t)
        before = t - 1 if before is None else before
        if before < t - t % HOUR_MS or t < newest:
            until = self._reach(t) if t < newest else t
            self.dirty.update(range(floor_hour(max(before, t - FARTHEST_MS)), until + 1, HOUR_MS))

    def _reach(self, t: int) -> int:
        """End of the count that covers `t`, or `t` when none does yet."""
        return max((m.t1 for m in self._history.made(Interval(t, t + 1))), default=t)

    def mark_around(self, t: int, silence: int) -> None:
        """Mark the hours whose trust an isolated sign of life changes."""
        reach = min(silence, DAY_MS)
        self._shaken.update(range(floor_hour(t - reach), t + reach, HOUR_MS))


def _clusters(times: list[int]) -> list[tuple[int, int]]:
    """Return the first and last of each series of times closer than an hour."""
    found: list[tuple[int, int]] = []
    for t in times:
        if found and t - found[-1][1] <= HOUR_MS:
            found[-1] = (found[-1][0], t)
        else:
            found.append((t, t))
    return found
