"""The account of one machine: takes its events into the history and knows which hours must be told anew."""

from bisect import bisect_left, bisect_right
from operator import attrgetter

from app.domain.accounting.buckets import Episode
from app.domain.accounting.day import Claim, Counts, Day, Made
from app.domain.accounting.episodes import FARTHEST_MS
from app.domain.accounting.history import NEVER, History, chain_fresh
from app.domain.accounting.ledger_api import PageStore
from app.domain.accounting.packml import Kind, interpret
from app.domain.accounting.timeline import Context, story
from app.domain.events.contract import CountCorrected, Counted, StateChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkUnit

_time = attrgetter("t")
SLOT_MS = 300_000
"""Counts settled inside one slot without a cut between them are kept as one: an hour costs at most 24 entries."""
FEW = 3
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
        self._shaken: set[int] = set()
        self._last_count = -1
        self._touched: list[int] = []
        self._last_life = NEVER
        self._hour_end = 0
        self._close_ms = min(self.history.silence_ms, unit.minor_stop_ms)
        self.hole: int | None = None
        self.hole_at = 0
        self.settled_to: int | None = None
        self.told_from: int | None = None
        self.open_told: Episode | None = None

    def sign_of_life(self, t: int) -> Day:
        """Take note that the machine (or its gateway, for it) spoke at `t`."""
        self._last_life = NEVER
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
        self._shaken.update(range(floor_hour(t - reach), t + reach, HOUR_MS))

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

    def count_all(self, events: list[Counted]) -> None:
        """Take counts in stream order; what follows plainly (rising, close, same hour) takes the short way."""
        at = 0
        while at < len(events):
            plain = self._plain(events, at)
            if plain:
                self._count_series(events[at : at + plain] if plain < len(events) else events)
            else:
                self.count(events[at])
            at += plain or 1

    def _plain(self, events: list[Counted], at: int) -> int:
        """How many counts from `at` on plainly follow the newest sign of life."""
        last, limit, end = self._last_life, self._close_ms, self._hour_end
        taken = at
        for taken in range(at, len(events)):
            event = events[taken]
            t = event.t
            if not 0 <= t - last <= limit or t >= end or event.made_at is not None or not (event.good or event.reject):
                return taken - at
            last = t
        return taken + 1 - at

    def _count_series(self, events: list[Counted]) -> None:
        """Take a plain series at once, with the same result as one by one."""
        last = events[-1].t
        day = self.history.day(last)
        day.alive.last[-1] = day.active.last[-1] = day.high = self._last_life = last
        self.dirty.add(self._hour_end - HOUR_MS)
        day.dirty = True
        self._last_count = max(last, self._last_count)
        fresh, grace = day.fresh, self.unit.grace_ms
        at = 0
        while fresh and last - fresh[0].t > 2 * grace:
            cut = bisect_right(events, fresh[0].t + 2 * grace, lo=at, key=_time) + 1
            fresh += events[at:cut]
            self._settle_day(day, events[cut - 1].t - grace)
            fresh, at = day.fresh, cut
        fresh += events[at:] if at else events

    def _note_plain(self, day: Day, t: int) -> None:
        """Remember whether the next counts may take the short way: they follow the newest sign of life."""
        is_newest = t == day.high and day.alive.last[-1] == t and day.active.last[-1] == t
        self._last_life = t if is_newest else NEVER
        self._hour_end = t - t % HOUR_MS + HOUR_MS

    def count(self, event: Counted) -> None:
        """Take counted units where they belong: now, late, or (made_at) where they were made."""
        t = event.t
        late_before = self._high(t) - self.unit.grace_ms
        day = self.sign_of_life(t)
        if event.made_at is not None:
            self._fix(Made(event.made_at, event.made_at, event.good, event.reject, event.rework))
            return
        if event.good or event.reject or event.rework:
            day.active.add(t, self.unit.minor_stop_ms)
            self._note_plain(day, t)
        self._mark_covered(t)
        if t < late_before:
            self._count_late(day, Made(t, t, event.good, event.reject, event.rework))
            return
        day.fresh.append(event)
        if t - day.fresh[0].t > 2 * self.unit.grace_ms:
            self._settle_day(day, self._high(t) - self.unit.grace_ms)

    def _mark_covered(self, t: int) -> None:
        """Mark the hours a count at `t` is spread over, and those of the count behind it."""
        last = self._last_count
        before = last if t >= last >= 0 else self.history.last_count(t)
        self._last_count = max(t, last)
        if before is not None and (before < t - t % HOUR_MS or t < last):
            self.dirty.update(range(floor_hour(max(before, t - FARTHEST_MS)), self._reach(t) + 1, HOUR_MS))

    def _reach(self, t: int) -> int:
        """End of the count that covers `t`, or `t` when none does yet."""
        return max((m.t1 for m in self.history.made(Interval(t, t + 1))), default=t)

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
        self.mark(Interval(event.from_, now if end is None else end))

    def mark(self, window: Interval) -> None:
        """Mark every hour of a window whose figures changed for a reason outside this machine (order, gap)."""
        self._shaken.update(range(floor_hour(window.start), max(window.end, window.start + 1), HOUR_MS))

    def take_dirty(self, now: int) -> tuple[list[int], set[int]]:
        """Return (hours to tell anew, rising; those of them that are still open) and forget them."""
        self._expand(now)
        self._pass_time(now)
        self._fill_hole(now)
        self._shake()
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
        """Mark what changed statements and attestations change: the whole stops and runs that touch them."""
        if not self._touched:
            return
        lo, hi = min(self._touched), max(self._touched)
        self._touched.clear()
        if lo >= now:
            return
        slack = self.unit.ignore_under_ms + self.unit.minimum_run_ms + 1
        pieces = story(self.history, self.context, Interval(lo - slack, min(hi + 1, now)), now)
        start, end = max(pieces[0].start, lo - FARTHEST_MS), pieces[-1].end
        if end > hi + DAY_MS:
            end = hi + HOUR_MS
            self.hole, self.hole_at = hi if self.hole is None else max(self.hole, hi), now
        self._shaken.update(range(floor_hour(start), end + 1, HOUR_MS))

    def _shake(self) -> None:
        """Mark the hours over which counts are spread that touch hours whose running time changed."""
        for hour in self._shaken:
            for made in self.history.made(Interval(hour, hour + HOUR_MS)):
                if made.t0 < hour or made.t1 >= hour + HOUR_MS:
                    self.dirty.update(range(floor_hour(max(made.t0, hour - FARTHEST_MS)), made.t1 + 1, HOUR_MS))
        self.dirty |= self._shaken
        self._shaken.clear()

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
        ready = [c for c in day.fresh if c.t <= frontier]
        if not ready:
            return
        day.fresh = [c for c in day.fresh if c.t > frontier]
        ready.sort(key=_time)
        at = 0
        while at < len(ready):
            slot = ready[at].t - ready[at].t % SLOT_MS
            end = bisect_left(ready, slot + SLOT_MS, lo=at, key=_time)
            self._settle_slot(day, ready[at:end], slot)
            at = end
        self._thin(day, frontier)
        day.dirty = True

    def _settle_slot(self, day: Day, counts: list[Counts], slot: int) -> None:
        """Append counts of one slot; those that begin inside it with no cut in the slot become one entry."""
        previous = day.made_t1[-1] if day.made_t1 else self.history.last_count(day.start)
        is_cut = self._is_cut(slot, slot + SLOT_MS)
        if is_cut or len(counts) < FEW:
            chain = chain_fresh(counts, previous)
        else:
            first = bisect_right(counts, counts[0].t, key=_time)
            chain = chain_fresh(counts[:first], previous)
            chain += _sum(counts[first:], chain[0].t1)
        for made in chain:
            if not is_cut and self._joins(day, made, slot):
                day.add_to_last(made)
            else:
                day.append_made(made)

    def _joins(self, day: Day, made: Made, slot: int) -> bool:
        if not day.made_t1 or made.t1 == slot:
            return False
        start, end = day.made_t0[-1], day.made_t1[-1]
        return slot <= start < end == made.t0 < made.t1

    def _is_cut(self, start: int, end: int) -> bool:
        """Whether the order or the shift changes in the slot: then its counts are kept apart, to be split exactly."""
        if self.context.orders.entries and self.context.orders.cuts(Interval(start - 1, end + 1)):
            return True
        first, last = self.context.calendar.at(start), self.context.calendar.at(end - 1)
        return first is not last and (first and first.key) != (last and last.key)

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
    good, reject, rework = (sum(getattr(c, kind) for c in counts) for kind in ("good", "reject", "rework"))
    return [Made(start, counts[-1].t, good, reject, rework)]
