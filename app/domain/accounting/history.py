"""All inputs of one machine over time: the days in memory, the older ones fetched page by page."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from app.domain.accounting.chain import Chains
from app.domain.accounting.day import PAGE_MS, Claim, Day, Made, Spans, load_day
from app.domain.accounting.ledger_api import PageStore
from app.domain.accounting.packml import Kind, Said
from app.domain.accounting.runs import Statement
from app.domain.accounting.sequence import SourceLog
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import WorkUnit

NEVER = 1 << 62
_end = attrgetter("t1")
_INFERRED_RUN = Said(Kind.RUN, "run", None)
_INFERRED_STOP = Said(Kind.STOP, "stop", None)


class History:
    """The inputs of one machine; implements `timeline.Inputs`.

    known: the days that hold anything, rising. table: meanings of statements, indexed by the columns. born: first sign
    of life (UTC ms). Pages that left memory are in `unsaved` until a commit took them, then in the store.
    """

    def __init__(self, unit: WorkUnit, pages: PageStore) -> None:
        self.unit = unit
        self.known: list[int] = []
        self.table: list[Said] = []
        self.sources: list[SourceLog] = []
        self.unsaved: dict[str, bytes] = {}
        self.is_silent_about_state = True
        self.born: int | None = None
        self._pages = pages
        self._days: dict[int, Day] = {}
        self._index: dict[Said, int] = {}
        self._chains = Chains()
        self.silence_ms = NEVER if unit.stale_after_ms is None else unit.stale_after_ms

    def day(self, t: int) -> Day:
        """Return the day that contains `t`, for writing; it is created when nothing is known of it."""
        start = t - t % PAGE_MS
        day = self._days.get(start)
        if day is None:
            at = bisect_left(self.known, start)
            if at < len(self.known) and self.known[at] == start:
                return self._load(start)
            self.known.insert(at, start)
            day = self._days[start] = Day(start)
        return day

    def peek(self, start: int) -> Day | None:
        """Return the day that begins at `start` if anything is known of it, else None."""
        at = bisect_left(self.known, start)
        return self._load(start) if at < len(self.known) and self.known[at] == start else None

    def _load(self, start: int) -> Day:
        """Return a known day for reading."""
        day = self._days.get(start)
        if day is None:
            key = self._key(start)
            raw = self.unsaved.get(key) or self._pages.load(key)
            day = self._days[start] = load_day(raw) if raw is not None else Day(start)
        return day

    def _key(self, start: int) -> str:
        return f"{self.unit.path}|{start // PAGE_MS}"

    def evict(self, before: int) -> None:
        """Drop days that ended before `before` (UTC ms) from memory; what changed stays in `unsaved`."""
        self.save()
        for start in [s for s in self._days if s + PAGE_MS <= before]:
            del self._days[start]
            self._chains.forget(start)

    def forget(self, before: int) -> None:
        """Forget the days that ended before `before` (UTC ms): they can no longer be corrected."""
        self.evict(before)
        self.known = [start for start in self.known if start + PAGE_MS > before]
        self.unsaved = {key: page for key, page in self.unsaved.items() if _day_of(key) + PAGE_MS > before}

    def save(self) -> None:
        """Put changed days into `unsaved`."""
        for start, day in self._days.items():
            if day.dirty:
                self.unsaved[self._key(start)] = day.dump()
                day.dirty = False

    def index(self, said: Said) -> int:
        """Return the column index of a meaning, interning it."""
        found = self._index.get(said)
        if found is None:
            found = self._index[said] = len(self.table)
            self.table.append(said)
        return found

    def restore(self, known: list[int], table: list[Said]) -> None:
        """Take over what a checkpoint holds."""
        self.known, self.table = known, table
        self._index = {said: i for i, said in enumerate(table)}
        self.is_silent_about_state = not table

    def days(self, window: Interval) -> Iterator[Day]:
        """Yield the known days that overlap `window`, by time."""
        at = bisect_right(self.known, window.start - PAGE_MS)
        while at < len(self.known) and self.known[at] < window.end:
            yield self._load(self.known[at])
            at += 1

    def days_back(self, t: int) -> Iterator[Day]:
        """Yield the known days that begin at or before `t`, newest first."""
        for at in range(bisect_right(self.known, t) - 1, -1, -1):
            yield self._load(self.known[at])

    def days_on(self, t: int) -> Iterator[Day]:
        """Yield the known days that end after `t`, oldest first."""
        for at in range(bisect_right(self.known, t - PAGE_MS), len(self.known)):
            yield self._load(self.known[at])

    def back(self, t: int, most: int, horizon: int) -> tuple[list[Statement], bool]:
        """See `runs.Statements.back`."""
        if self.is_silent_about_state:
            return [s for s in self._inferred(Interval(t, t + 1), horizon) if s[0] <= t], True
        found: list[Statement] = []
        for day in self.days_back(t):
            at = bisect_right(day.said_t, t) - 1
            while at >= 0:
                if len(found) == most:
                    return found[::-1], False
                found.append((day.said_t[at], self.table[day.said_i[at]]))
                at -= 1
        return found[::-1], True

    def forward(self, after: int, until: int, more: int, horizon: int) -> tuple[list[Statement], bool]:
        """See `runs.Statements.forward`."""
        if self.is_silent_about_state:
            return [s for s in self._inferred(Interval(after, until), horizon) if s[0] > after], True
        found: list[Statement] = []
        for day in self.days_on(after + 1):
            for at in range(bisect_right(day.said_t, after), len(day.said_t)):
                t = day.said_t[at]
                if t >= horizon:
                    return found, True
                if t >= until:
                    if more == 0:
                        return found, False
                    more -= 1
                found.append((t, self.table[day.said_i[at]]))
        return found, True

    def _inferred(self, window: Interval, horizon: int) -> list[Statement]:
        """What counts alone tell: production from the first to the last of a close series, a stop between series."""
        found: list[Statement] = []
        limit = self.unit.minor_stop_ms
        around = Interval(window.start - 2 * DAY_MS, window.end + DAY_MS)
        for first, last in _joined((d.active for d in self.days(around)), limit, NEVER):
            if first < horizon:
                found.append((first, _INFERRED_RUN))
            if last + limit < horizon:
                found.append((last, _INFERRED_STOP))
        return found

    def claims(self, window: Interval) -> list[Claim]:
        """See `timeline.Inputs.claims`."""
        return [c for d in self.days(window) for c in d.claims if c.from_ < window.end and _until(c) > window.start]

    def heard(self) -> int | None:
        """Time of the last sign of life."""
        return next((day.high for day in self.days_back(NEVER) if day.high >= 0), None)

    def unknown(self, window: Interval, now: int) -> list[Interval]:
        """See `timeline.Inputs.unknown`."""
        holes = self._silences(window, now)
        for source in self.sources:
            if source.older:
                holes += source.gaps(window)
        return _union(holes) if len(holes) > 1 else holes

    def _silences(self, window: Interval, now: int) -> list[Interval]:
        start, end = window
        at = self._alive_until(start)
        holes: list[Interval] = []
        for first, last in _joined((day.alive for day in self.days_on(start)), self.silence_ms, end):
            if last < start:
                continue
            if first > start and (at is None or first - at > self.silence_ms):
                holes.append(Interval(start if at is None else at, first).clip(window))
            at = last
            if first >= end:
                return [hole for hole in holes if hole.end > hole.start]
        if at is None:
            return [window]
        if now - at > self.silence_ms:
            holes.append(Interval(at, end).clip(window))
        return [hole for hole in holes if hole.end > hole.start]

    def _alive_until(self, t: int) -> int | None:
        """Return the last sign of life at or before `t`, or None."""
        for day in self.days_back(t):
            at = bisect_right(day.alive.first, t) - 1
            if at >= 0:
                return min(day.alive.last[at], t)
        return None

    def made(self, window: Interval) -> list[Made]:
        """Return every count that may have units in `window`, by end; some may lie outside."""
        found: list[Made] = []
        for day in self.days_on(window.start):
            at = bisect_left(day.made_t1, window.start)
            for i in range(at, len(day.made_t1)):
                made = day.settled(i)
                if made.t0 >= window.end and made.t1 > window.end:
                    break
                found.append(made)
            if day.fresh:
                previous = day.made_t1[-1] if day.made_t1 else self.last_count(day.start - 1)
                chain = self._chains.of(day, previous)
                first = bisect_left(chain, window.start, key=_end)
                last = bisect_left(chain, window.end, lo=first, key=_end)
                found += chain[first:last]
                found += [m for m in chain[last : last + 1] if m.t0 < window.end]
            found += [fix for fix in day.fixes if window.start <= fix.t0 < window.end]
            if day.start >= window.end:
                break
        return [m for m in found if m.t1 >= window.start]

    def has_rejects(self, window: Interval) -> bool:
        """Whether any count that may lie in `window` has rejects or rework."""
        return any(made.reject or made.rework for made in self.made(window))

    def last_count(self, t: int) -> int | None:
        """Return the time of the last count at or before `t`, or None."""
        for day in self.days_back(t):
            at = bisect_right(day.made_t1, t) - 1
            settled = day.made_t1[at] if at >= 0 else None
            newest = max((c.t for c in day.fresh if c.t <= t), default=settled)
            if newest is not None:
                return newest if settled is None else max(settled, newest)
        return None


def _day_of(key: str) -> int:
    """Start of the day a page's key names, UTC ms."""
    return int(key.rpartition("|")[2]) * PAGE_MS


def _until(claim: Claim) -> int:
    return NEVER if claim.to is None else claim.to


def _joined(spans: Iterator[Spans], limit: int, until: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of consecutive days, joined over midnight where they are closer than `limit`.

    Stops once a stretch reaches `until`, so that no later page is fetched for nothing.
    """
    held: tuple[int, int] | None = None
    for day in spans:
        for first, last in zip(day.first, day.last, strict=True):
            if held is not None and first - held[1] <= limit:
                held = (held[0], max(held[1], last))
            else:
                if held is not None:
                    yield held
                held = (first, last)
            if held[1] >= until:
                yield held
                return
    if held is not None:
        yield held


def _union(holes: list[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for hole in sorted(holes):
        if joined and hole.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, hole.end))
        else:
            joined.append(hole)
    return joined
