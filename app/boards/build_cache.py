"""What a line board needs from the ledger, kept between snapshots so that closed time is not derived again each second.

Closed hours change only when the ledger says so (`note` with the facts of `settle`); what still runs is asked anew.
"""

from collections.abc import Iterable

from app.domain.accounting.buckets import ZERO, Cell, Components, Episode
from app.domain.accounting.facts import CorrectionFact, Fact, HourFact, OrdersFact, ShiftsFact
from app.domain.accounting.ledger_api import LineLedger
from app.domain.accounting.rollup import total
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval, floor_hour

STEP_MS = 5 * MINUTE_MS
STEP_SETTLES_MS = 5 * MINUTE_MS
STEP_REFRESH_MS = 30_000
REFRESH_MS = 5_000
TAIL_MS = 5 * MINUTE_MS
MOST_WINDOWS = 400


class LedgerCache:
    """Windows of one line's ledger. Not thread-safe; belongs to one board builder."""

    def __init__(self, ledger: LineLedger) -> None:
        self.ledger = ledger
        self.line = ledger.line.path
        self._windows: dict[Interval, list[Cell]] = {}
        self._steps: dict[int, tuple[int, Components]] = {}
        self._told: dict[tuple[str, int], list[Cell]] = {}
        self._hours: dict[tuple[str, int], tuple[int, list[Cell]]] = {}
        self._open: dict[Interval, tuple[int, int, list[Cell]]] = {}
        self._episodes: dict[str, tuple[int, list[Episode]]] = {}
        self._opened: dict[str, int] = {}

    def note(self, facts: Iterable[Fact]) -> None:
        """Take the facts of the last `settle`: what they restate is forgotten and derived again when needed."""
        for fact in facts:
            if isinstance(fact, CorrectionFact | OrdersFact | ShiftsFact):
                self._open.clear()
                self._opened.clear()
                self._steps.clear()
            if not isinstance(fact, HourFact):
                continue
            key = (fact.equipment, fact.hour)
            if fact.equipment != self.line:
                self._hours[key] = (fact.as_of, fact.cells)
            if fact.hour + HOUR_MS <= fact.as_of and self._told.get(key) != fact.cells:
                self._told[key] = fact.cells
                self._forget(fact.equipment, Interval(fact.hour, fact.hour + HOUR_MS))

    def _forget(self, equipment: str, hour: Interval) -> None:
        self._episodes.pop(equipment, None)
        self._windows = {w: cells for w, cells in self._windows.items() if not w.clip(hour).length}
        self._open = {w: held for w, held in self._open.items() if not w.clip(hour).length}
        self._steps = {t: held for t, held in self._steps.items() if not hour.start <= t < hour.end}

    def cells(self, window: Interval, now: int) -> list[Cell]:
        """Return the line's cells of any window, for the same hour possibly in more than one part.

        Kept once every UTC hour it touches is over; before that all but the last minutes is up to 5 s old.
        """
        held = self._windows.get(window)
        if held is not None:
            return held
        if floor_hour(window.end - 1) + HOUR_MS <= now:
            cells = self._windows[window] = self.ledger.cells(self.line, window, now)
            self._open.pop(window, None)
            return cells
        made_at, cut, base = self._open.get(window, (now - REFRESH_MS, 0, []))
        if now - made_at >= REFRESH_MS:
            cut = max(window.start, now - now % STEP_MS - TAIL_MS)
            base = self.ledger.cells(self.line, Interval(window.start, min(cut, window.end)), now)
            self._open[window] = (now, cut, base)
        return base + self.ledger.cells(self.line, Interval(cut, window.end), now)

    def step(self, start: int, now: int) -> Components:
        """Return the line's components of the 5 minutes from `start`, at most 30 s old until they are settled."""
        held = self._steps.get(start)
        if held is not None:
            made_at, components = held
            if made_at >= start + STEP_MS + STEP_SETTLES_MS or now - made_at < STEP_REFRESH_MS:
                return components
        components = total(self.ledger.cells(self.line, Interval(start, start + STEP_MS), now))
        self._steps[start] = (now, components)
        return components

    def machine_total(self, machine: str, window: Interval, shift: str | None, now: int) -> Components:
        """Return a machine's components of a shift so far (None: outside shifts); the open hour up to 5 s old."""
        found = ZERO
        for hour in range(floor_hour(window.start), min(window.end, now), HOUR_MS):
            made_at, cells = self._hours.get((machine, hour), (0, []))
            is_over = made_at >= hour + HOUR_MS
            if not is_over and now - made_at >= REFRESH_MS:
                cells = self.ledger.cells(machine, Interval(hour, hour + HOUR_MS), now)
                self._hours[machine, hour] = (now, cells)
            found += total(cell for cell in cells if cell.key.shift == shift)
        return found

    def episodes(self, machine: str, window: Interval, now: int) -> list[Episode]:
        """Return the episodes that overlap [window.start, now), whole and adjacent.

        The last minutes are asked anew each time, the open hour every 5 s.
        """
        made_at, held = self._episodes.get(machine, (0, []))
        since = now - TAIL_MS
        if floor_hour(made_at) != floor_hour(now) or now - self._opened.get(machine, 0) >= REFRESH_MS:
            since = floor_hour(made_at)
            self._opened[machine] = now
        if not held or held[0].start > window.start or since < window.start:
            since = window.start
        fresh = self.ledger.episodes(machine, Interval(since, now), now)
        first = fresh[0].start if fresh else now
        episodes = [e for e in held if e.start < first and (e.end is None or e.end > window.start)] + fresh
        self._episodes[machine] = (now, episodes)
        return episodes

    def prune(self, before: int) -> None:
        """Forget what ended before `before` (UTC ms)."""
        self._steps = {t: held for t, held in self._steps.items() if t >= before}
        self._told = {key: cells for key, cells in self._told.items() if key[1] >= before}
        self._hours = {key: held for key, held in self._hours.items() if key[1] >= before}
        if len(self._windows) > MOST_WINDOWS:
            self._windows.clear()
