"""Identity and order of what one source said (DOMAIN section 6): duplicates count once, a gap is unknown time."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from app.domain.events.contract import Event
from app.domain.interval import Interval

MOST_GAPS = 4096


class Range(NamedTuple):
    """Sequence numbers lo..hi were received; t_lo and t_hi are the times of the first and last of them (UTC ms)."""

    lo: int
    hi: int
    t_lo: int
    t_hi: int


class SourceLog:
    """What was received of one (source, epoch) on one line, as ranges of sequence numbers.

    The newest range is kept in plain fields, because nearly every event only extends it. A missing range makes the
    time between its neighbours unknown for the machines the source speaks for, until the source resends it.
    """

    __slots__ = ("first", "machines", "next", "older", "t_first", "t_last")

    def __init__(self, seq: int, t: int) -> None:
        self.first, self.next = seq, seq + 1
        self.t_first = self.t_last = t
        self.older: list[Range] = []
        self.machines: set[str] = set()

    def goes_on(self, events: Sequence[Event]) -> bool:
        """Whether the events (not empty) are all of this source and simply follow: the hot path, in few calls."""
        first, last = events[0], events[-1]
        source, epoch = first.source, first.epoch
        return (
            first.seq == self.next
            and last.seq - first.seq + 1 == len(events)
            and not [event for event in events if event.source != source]
            and not [event for event in events if event.epoch != epoch]
            and [event.seq for event in events] == list(range(first.seq, last.seq + 1))
        )

    def accept(self, seq: int, t: int) -> Interval | None:
        """Take an event that does not simply follow. Return the time whose trust changed (may be empty).

        None: the event is a duplicate and must not count.
        """
        if seq == self.next:
            self.next, self.t_last = seq + 1, t
            return Interval(t, t)
        if seq > self.next:
            gap = Interval(self.t_last, t)
            self.older.append(Range(self.first, self.next - 1, self.t_first, self.t_last))
            self.first, self.next, self.t_first, self.t_last = seq, seq + 1, t, t
            del self.older[:-MOST_GAPS]
            return gap
        if seq >= self.first:
            return None
        return self._fill(seq, t)

    def _fill(self, seq: int, t: int) -> Interval | None:
        """Put a late event into the gap it belongs to."""
        ranges = [*self.older, Range(self.first, self.next - 1, self.t_first, self.t_last)]
        at = bisect_right(ranges, seq, key=lambda r: r.lo)
        before = ranges[at - 1] if at else None
        if before is not None and seq <= before.hi:
            return None
        if before is None and len(self.older) == MOST_GAPS:
            return None
        after = ranges[at]
        changed = Interval(before.t_hi if before else t, after.t_lo)
        new = Range(seq, seq, t, t)
        lo, hi = at, at
        if before is not None and before.hi + 1 == seq:
            new, lo = Range(before.lo, seq, before.t_lo, t), at - 1
        if after.lo - 1 == seq:
            new, hi = Range(new.lo, after.hi, new.t_lo, after.t_hi), at + 1
        ranges[lo:hi] = [new]
        last = ranges.pop()
        self.older = ranges
        self.first, self.next, self.t_first, self.t_last = last.lo, last.hi + 1, last.t_lo, last.t_hi
        return Interval(min(changed.start, t), max(changed.end, t))

    def gaps(self, window: Interval) -> list[Interval]:
        """Return the stretches of unknown time caused by missing sequence numbers, clipped to `window`."""
        if not self.older:
            return []
        starts = [r.t_hi for r in self.older]
        ends = [*(r.t_lo for r in self.older[1:]), self.t_first]
        clipped = (Interval(s, e).clip(window) for s, e in zip(starts, ends, strict=True))
        return [gap for gap in clipped if gap.end > gap.start]

    def holes(self, window: Interval) -> list[tuple[Interval, int]]:
        """Return where numbers are missing from a time inside `window` on, and the number that came after."""
        ranges = [*self.older, Range(self.first, self.next - 1, self.t_first, self.t_last)]
        found = ((before.t_hi, after.t_lo, after.lo) for before, after in pairwise(ranges))
        return [(Interval(s, e), seq) for s, e, seq in found if s < e and window.start <= s < window.end]

    def missing(self) -> int:
        """How many events are missing."""
        los = [*(r.lo for r in self.older[1:]), self.first]
        return sum(lo - r.hi - 1 for r, lo in zip(self.older, los, strict=True))
