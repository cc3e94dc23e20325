"""The account of one machine: takes its events into the history and knows which hours must be told anew."""

from bisect import bisect_right
from operator import attrgetter

from app.domain.accounting.changes import Changes
from app.domain.accounting.day import PAGE_MS, Claim, Day, Made
from app.domain.accounting.episodes import FARTHEST_MS
from app.domain.accounting.history import NEVER, History
from app.domain.accounting.ledger_api import PageStore
from app.domain.accounting.packml import Kind, interpret
from app.domain.accounting.settling import Settling
from app.domain.accounting.timeline import Context
from app.domain.events.contract import CountCorrected, Counted, StateChanged, StopClassified
from app.domain.interval import HOUR_MS, Interval, floor_hour
from app.domain.plant.equipment import WorkUnit

_time = attrgetter("t")


class MachineAccount:
    """Inputs of one machine plus what changed since the last settling. Mutable; owned by one ledger."""

    def __init__(self, unit: WorkUnit, context: Context, pages: PageStore) -> None:
        self.unit = unit
        self.context = context
        self.history = History(unit, pages)
        self.changes = Changes(self.history, context)
        self._settling = Settling(self.history, context)
        self._last_life = self._last_active = NEVER
        self._hour_end = 0

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
            self.changes.mark_around(t, silence)
        if t > day.high:
            day.high = t
        self._born(t)
        day.dirty = True
        self.changes.dirty.add(t - t % HOUR_MS)
        return day

    def _born(self, t: int) -> None:
        """The machine's record begins with the first thing known of it, were it units made before it first spoke."""
        if self.history.born is None or t < self.history.born:
            self.history.born = t

    def say(self, event: StateChanged) -> Kind:
        """Take a statement; returns what it was understood as."""
        day = self.sign_of_life(event.t)
        said = interpret(self.unit, self.context.reasons, event.state, event.reason)
        history = self.history
        if history.is_silent_about_state:
            history.is_silent_about_state = False
            self.changes.touch(history.known[0])
        if day.say(event.t, event.seq, history.index(said)):
            self.changes.touch(event.t)
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
        last, active, end = self._last_life, self._last_active, self._hour_end
        silence, pause = self.history.silence_ms, self.unit.minor_stop_ms
        taken = at
        for taken in range(at, len(events)):
            event = events[taken]
            t = event.t
            if not 0 <= t - last <= silence or t >= end or event.made_at is not None:
                return taken - at
            if event.good or event.reject or event.rework:
                if t - active > pause:
                    return taken - at
                active = t
            last = t
        return taken + 1 - at

    def _count_series(self, events: list[Counted]) -> None:
        """Take a plain series at once, with the same result as one by one."""
        last = events[-1].t
        day = self.history.day(last)
        day.alive.last[-1] = day.high = self._last_life = last
        self._last_active = next((e.t for e in reversed(events) if e.good or e.reject or e.rework), self._last_active)
        day.active.last[-1] = self._last_active
        self.changes.dirty.add(self._hour_end - HOUR_MS)
        day.dirty = True
        day.newest = max(day.newest, last)
        fresh, grace = day.fresh, self.unit.grace_ms
        at = 0
        while fresh and last - fresh[0].t > 2 * grace:
            cut = bisect_right(events, fresh[0].t + 2 * grace, lo=at, key=_time) + 1
            fresh += events[at:cut]
            self._settling.settle(day, events[cut - 1].t - grace)
            fresh, at = day.fresh, cut
        fresh += events[at:] if at else events

    def _note_plain(self, day: Day, t: int) -> None:
        """Remember whether the next counts may take the short way: they follow the newest sign of life."""
        is_newest = t == day.high and day.alive.last[-1] == t and len(day.active.last) > 0
        self._last_life = t if is_newest else NEVER
        self._last_active = day.active.last[-1] if is_newest else NEVER
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
        self.changes.mark_covered(day, t)
        if t < late_before:
            self._settling.insert_late(day, Made(t, t, event.good, event.reject, event.rework))
            return
        day.fresh.append(event)
        if t - day.fresh[0].t > 2 * self.unit.grace_ms:
            self._settling.settle(day, self._high(t) - self.unit.grace_ms)

    def _high(self, t: int) -> int:
        """Newest sign of life known around `t`: of its day, and of the next once its own day is full."""
        day = self.history.day(t)
        grace = self.unit.grace_ms
        if day.high >= day.end - grace and (after := self.history.peek(day.end)) is not None:
            return max(day.high, after.high)
        return day.high

    def correct(self, event: CountCorrected) -> None:
        """Take a person's correction of counts, at the time the units were made."""
        self._fix(Made(event.made_at, event.made_at, event.good, event.reject, event.rework))

    def _fix(self, made: Made) -> None:
        day = self.history.day(made.t0)
        day.fixes.append(made)
        day.dirty = True
        self._known_from(made.t0)
        self.changes.dirty.add(floor_hour(made.t0))

    def _known_from(self, t: int) -> None:
        """What a person said of a time, before a machine was ever heard too, belongs to its record."""
        if self.history.born is None or self.history.born - t <= FARTHEST_MS:
            self._born(t)

    def claim(self, event: StopClassified, now: int) -> None:
        """Take an attestation; one that spans pages is kept in a part per page, so that each is complete."""
        start, end = event.from_, event.to
        self._known_from(start)
        identity = f"{event.source}:{event.epoch}:{event.seq}"
        while end is None or start < end:
            border = start - start % PAGE_MS + PAGE_MS
            until = end if end is None or end <= border else border
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
        self.changes.touch(event.from_)
        self.changes.touch(now if end is None else max(event.from_, end - 1))
        self.changes.mark(Interval(event.from_, now if end is None else end))
