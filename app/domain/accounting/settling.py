"""Counts that left the grace: chained, merged where nothing can ever cut between them, kept in the day's columns.

Counts settled inside one slot without a cut between them are kept as one: an hour costs at most 24 entries.
"""

from bisect import bisect_left, bisect_right
from operator import attrgetter

from app.domain.accounting.chain import chain_fresh
from app.domain.accounting.counts import SLOT_MS, is_cut
from app.domain.accounting.day import FIRST, PAGE_MS, Counts, Day, Made
from app.domain.accounting.history import History
from app.domain.accounting.timeline import Context

_time = attrgetter("t")
FEW = 3
RESTATED_MS = 600_000
"""Of repeated identical statements one per ten minutes is kept after the grace."""


class Settling:
    """Moves one machine's counts from `fresh` to the settled columns.

    Called at points that depend on the events alone, never on batches: a replay settles the same way.
    """

    def __init__(self, history: History, context: Context) -> None:
        self._history = history
        self._context = context

    def settle(self, day: Day, frontier: int) -> None:
        """Move counts up to `frontier` from `fresh` to the settled columns; once a slot, thin out repeats."""
        before = self._history.peek(day.start - PAGE_MS)
        if before is not None and before.fresh and frontier >= day.start:
            self.settle(before, before.end)
        day.fresh.sort(key=_time)
        border = bisect_right(day.fresh, frontier, key=_time)
        if not border:
            return
        ready, day.fresh = day.fresh[:border], day.fresh[border:]
        newest = day.made_t1[-1] if day.made_t1 else -1
        at = 0
        while at < len(ready):
            slot = ready[at].t - ready[at].t % SLOT_MS
            end = bisect_left(ready, slot + SLOT_MS, lo=at, key=_time)
            self._settle_slot(day, ready[at:end], slot)
            at = end
        if ready[-1].t // SLOT_MS != newest // SLOT_MS:
            self._thin(day, frontier)
        day.dirty = True

    def insert_late(self, day: Day, made: Made) -> None:
        """Insert a count that came after the grace; the one behind it begins where it ended."""
        self.settle(day, made.t1)
        at = bisect_right(day.made_t1, made.t1)
        before = self._history.last_count(made.t1)
        start = FIRST if before is None else min(before, made.t1)
        day.insert_late(made._replace(t0=start), at)

    def _settle_slot(self, day: Day, counts: list[Counts], slot: int) -> None:
        """Append counts of one slot; those that begin inside it with no cut in the slot become one entry."""
        previous = day.made_t1[-1] if day.made_t1 else self._history.last_count(day.start - 1)
        apart = is_cut(self._context, slot, slot + SLOT_MS)
        if apart or len(counts) < FEW:
            chain = chain_fresh(counts, previous)
        else:
            first = bisect_right(counts, counts[0].t, key=_time)
            chain = chain_fresh(counts[:first], previous)
            chain += _sum(counts[first:], chain[0].t1)
        for made in chain:
            if not apart and self._joins(day, made, slot):
                day.add_to_last(made)
            else:
                day.append_made(made)

    def _joins(self, day: Day, made: Made, slot: int) -> bool:
        if not day.made_t1 or made.t1 == slot:
            return False
        start, end = day.made_t0[-1], day.made_t1[-1]
        return slot <= start < end == made.t0 < made.t1

    def _thin(self, day: Day, frontier: int) -> None:
        """Drop repeated identical statements older than the grace, but one per ten minutes."""
        at = max(1, bisect_left(day.said_t, frontier - 4 * RESTATED_MS))
        while at + 1 < len(day.said_t) and day.said_t[at] < frontier:
            is_repeat = day.said_i[at] == day.said_i[at - 1]
            if is_repeat and day.said_t[at] - day.said_t[at - 1] < RESTATED_MS:
                del day.said_t[at], day.said_seq[at], day.said_i[at]
            else:
                at += 1


def _sum(counts: list[Counts], start: int) -> list[Made]:
    """Return the counts as one that begins at `start`; no counts, no entry."""
    if not counts:
        return []
    good = reject = rework = 0
    for c in counts:
        good += c.good
        reject += c.reject
        rework += c.rework
    return [Made(start, counts[-1].t, good, reject, rework)]
