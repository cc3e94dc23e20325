"""The account of one machine: takes its events into the history and knows which hours must be told anew."""

from bisect import bisect_right

from app.domain.accounting.day import Claim, Day, Made
from app.domain.accounting.history import History, chain_fresh
from app.domain.accounting.ledger_api import PageStore
from app.domain.accounting.packml import Kind, interpret
from app.domain.accounting.timeline import Context
from app.domain.events.contract import CountCorrected, Counted, StateChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkUnit

SLOT_MS = 300_000
"""Counts settled inside one slot without a cut between them are kept as one: an hour costs at most 24 entries."""
RESTATED_MS = 600_000
"""Of repeated identical statements one per ten minutes is kept after the grace."""
QUIET_MS = 60_000
"""A hole behind late data is told to history once nothing came for this long: until then it is still being filled."""


class MachineAccount:
    """Inputs of one machine plus what changed since the last settling. Mutable; owned by one ledger."""

    def __init__(self, unit: WorkUnit, context: Context, pages: PageStore) -> None:
        self.unit = unit
        self.context = context
        self.history = History(unit, pages)
        self.dirty: set[int] = set()
        self._touched: list[int] = []
        self.hole: int | None = None
        self.hole_at = 0
        self.settled_to: int | None = None
        self.told_from: int | None = None

    def sign_of_life(self, t: int) -> Day:
        """Take note that the machine (or its gateway, for it) spoke at `t`."""
        day = self.history.day(t)
        spans = day.alive
        silence = self.history.silence_ms
        if spans.last and 0 <= t - spans.last[-1] <= silence:
            spans.last[-1] = t
        else:
            spans.add(t, silence)
            self._mark_around(t, silence)
        if t > day.high:
            day.high = t
        if self.history.born is None or t < self.history.born:
            self.history.born = t
        day.dirty = True
        self.dirty.add(t - t % HOUR_MS)
        return day

    def _mark_around(self, t: int, silence: int) -> None:
        """Mark the hours whose trust an isolated sign of life changes."""
        reach = min(silence, DAY_MS)
        self.dirty.update(range(floor_hour(t - reach), t + reach, HOUR_MS))

    def say(self, event: StateChanged) -> Kind:
        """Take a statement; returns what it was understood as."""
        day = self.sign_of_life(event.t)
        said = interpret(self.unit, self.context.reasons, event.state, event.reason)
        history = self.history
        if history.is_silent_about_state:
            history.is_silent_about_state = False
            self._touched.append(history.known[0])
        if day.say(event.t, event.seq, history.index(said)):
            self._touched.append(event.t)
        return said.kind

    def count(self, event: Counted) -> None:
        """Take counted units where they belong: now, late, or (made_at) where they were made."""
        t = event.t
        late_before = self._high(t) - self.unit.grace_ms
        day = self.sign_of_life(t)
        if event.made_at is not None:
            self._fix(Made(event.made_at, event.made_at, event.good, event.reject, event.rework))
            return
        made = Made(t, t, event.good, event.reject, event.rework)
        if event.good or event.reject or event.rework:
            day.active.add(t, self.unit.minor_stop_ms)
        if t < late_before:
            self._count_late(day, made)
            return
        fresh = day.fresh
        fresh.append(made)
        if t - fresh[0].t1 > 2 * self.unit.grace_ms:
            self._settle_day(day, self._high(t) - self.unit.grace_ms)

    def _high(self, t: int) -> int:
        """Newest sign of life known around `t`: of its day, and of the next once its own day is full."""
        day = self.history.day(t)
        grace = self.unit.grace_ms
        if day.high >= day.end - grace and (after := self.history.peek(day.end)) is not None:
            return max(day.high, after.high)
        return day.high

    def _count_late(self, day: Day, made: Made) -> None:
        self._settle_day(day, made.t1)
        at = bisect_right(day.made_t1, made.t1)
        before = self.history.last_count(made.t1)
        start = made.t1 if before is None else min(before, made.t1)
        day.insert_late(made._replace(t0=start), at)
        self.dirty.update(range(floor_hour(start), made.t1 + 1, HOUR_MS))

    def correct(self, event: CountCorrected) -> None:
        """Take a person's correction of counts, at the time the units were made."""
        self._fix(Made(event.made_at, event.made_at, event.good, event.reject, event.rework))

    def _fix(self, made: Made) -> None:
        day = self.history.day(made.t0)
        day.fixes.append(made)
        day.dirty = True
        self.dirty.add(floor_hour(made.t0))

    def claim(self, event: StopClassified, now: int) -> None:
        """Take an attestation; one that spans days is kept in a part per day, so that a page is complete."""
        start, end = event.from_, event.to
        identity = f"{event.source}:{event.epoch}:{event.seq}"
        while end is None or start < end:
            midnight = start - start % DAY_MS + DAY_MS
            until = end if end is None or end <= midnight else midnight
            day = self.history.day(start)
            claim = Claim(
                identity,
                event.t,
                event.seq,
                start,
                until,
                event.reason,
                event.planned,
                event.state,
                event.by,
                event.note,
            )
            day.claims.append(claim)
            day.dirty = True
            if until is None:
                break
            start = until
        self._touched += [event.from_, now if end is None else max(event.from_, end - 1)]
        self.dirty.update(range(floor_hour(event.from_), now if end is None else end, HOUR_MS))

    def mark(self, window: Interval) -> None:
        """Mark every hour of a window whose figures changed for a reason outside this machine (order, gap)."""
        self.dirty.update(range(floor_hour(window.start), max(window.end, window.start + 1), HOUR_MS))

    def take_dirty(self, now: int) -> tuple[list[int], set[int]]:
        """Return (hours to tell anew, rising; those of them that are still open) and forget them."""
        self._expand(now)
        self._pass_time(now)
        self._fill_hole(now)
        begin = self._begin(now)
        hours = [] if begin is None else sorted(h for h in self.dirty if begin <= h < now)
        self.dirty.clear()
        return hours, {h for h in hours if h + HOUR_MS > now}

    def _begin(self, now: int) -> int | None:
        """The hour in which the machine's record begins: with the shift in which it was first heard, if it was."""
        born = self.history.born
        if born is None or born >= now:
            return None
        shift = self.context.calendar.at(born)
        begin = floor_hour(born if shift is None else shift.start)
        if self.told_from is None or begin < self.told_from:
            self.dirty.update(range(begin, now if self.told_from is None else self.told_from, HOUR_MS))
            self.told_from = begin
        return begin

    def _expand(self, now: int) -> None:
        """Mark what a changed statement or attestation changes: the runs that touch it, to the next statement."""
        if not self._touched:
            return
        lo, hi = min(self._touched), max(self._touched)
        slack = self.unit.ignore_under_ms + self.unit.minimum_run_ms + 1
        before, _ = self.history.back(lo - slack, 2)
        after, _ = self.history.forward(hi, hi + 1, 2, now)
        start = before[0].t if before else lo
        start = max(start, lo - DAY_MS)
        if after:
            self.dirty.update(range(floor_hour(start), min(after[-1].t, hi + DAY_MS) + 1, HOUR_MS))
        else:
            self.dirty.update(range(floor_hour(start), min(now, hi + DAY_MS) + 1, HOUR_MS))
        if hi < now - DAY_MS:
            self.hole, self.hole_at = hi if self.hole is None else max(self.hole, hi), now
        self._touched.clear()

    def _pass_time(self, now: int) -> None:
        """Mark what the mere passing of time changes: open hours, and stops or silence that became what they are."""
        if self.settled_to is not None:
            slack = self.unit.minor_stop_ms + min(self.history.silence_ms, HOUR_MS) + self.unit.ignore_under_ms
            start = max(self.settled_to - slack, now - 40 * DAY_MS)
            self.dirty.update(range(floor_hour(start), now + 1, HOUR_MS))
        self.settled_to = now

    def _fill_hole(self, now: int) -> None:
        if self.hole is None or now - self.hole_at < QUIET_MS:
            return
        after, _ = self.history.forward(self.hole, self.hole + 1, 1, now)
        end = after[0].t if after else now
        self.dirty.update(range(floor_hour(self.hole), end + 1, HOUR_MS))
        self.hole = None

    def _settle_day(self, day: Day, frontier: int) -> None:
        """Move counts up to `frontier` from `fresh` to the settled columns, and thin out repeated statements.

        Called at points that depend on the events alone, never on batches: a replay settles the same way.
        """
        before = self.history.peek(day.start - DAY_MS)
        if before is not None and before.fresh and frontier >= day.start:
            self._settle_day(before, before.end)
        ready = [m for m in day.fresh if m.t1 <= frontier]
        if not ready:
            return
        day.fresh = [m for m in day.fresh if m.t1 > frontier]
        previous = day.made_t1[-1] if day.made_t1 else self.history.last_count(day.start)
        for made in chain_fresh(ready, previous):
            self._settle_count(day, made)
        self._thin(day, frontier)
        day.dirty = True

    def _settle_count(self, day: Day, made: Made) -> None:
        if day.made_t1:
            last0, last1 = day.made_t0[-1], day.made_t1[-1]
            slot = made.t1 - made.t1 % SLOT_MS
            is_inside = last0 >= slot and made.t0 == last1 and last0 < last1 and made.t1 > made.t0
            if is_inside and made.t1 % SLOT_MS and not self._is_cut(last0, made.t1):
                day.add_to_last(made)
                return
        day.append_made(made)

    def _is_cut(self, start: int, end: int) -> bool:
        if self.context.orders.entries and self.context.orders.cuts(Interval(start - 1, end + 1)):
            return True
        first, last = self.context.calendar.at(start), self.context.calendar.at(end)
        return (first and first.key) != (last and last.key)

    def _thin(self, day: Day, frontier: int) -> None:
        """Drop repeated identical statements older than the grace, but one per ten minutes."""
        at = 1
        while at + 1 < len(day.said_t) and day.said_t[at] < frontier:
            is_repeat = day.said_i[at] == day.said_i[at - 1]
            if is_repeat and day.said_t[at] - day.said_t[at - 1] < RESTATED_MS:
                del day.said_t[at], day.said_seq[at], day.said_i[at]
            else:
                at += 1
