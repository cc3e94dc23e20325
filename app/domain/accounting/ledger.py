"""The ledger of one line: the only way an account changes is `apply`; everything shown derives from it on demand.

It holds inputs, never results: per machine and UTC day what was said, counted and attested (day.py); per source what
sequence numbers came; per line the orders. Any window is folded from them when asked, so a late event, a correction
of last week, a replay and the live picture are one path. Past days leave memory as pages and come back when needed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial

from app.domain.accounting.account import MachineAccount
from app.domain.accounting.book import LineBook
from app.domain.accounting.buckets import Cell, Episode
from app.domain.accounting.cause import caused_by
from app.domain.accounting.convention import line_frames
from app.domain.accounting.doubt import known_work
from app.domain.accounting.episodes import episodes_in
from app.domain.accounting.exceptions import ShiftExceptions
from app.domain.accounting.facts import CallFact, Fact, FindingFact, OrderFact
from app.domain.accounting.ledger_api import PageStore
from app.domain.accounting.orders import OrderBook, all_runs, order_fact, orders_fact
from app.domain.accounting.packml import Kind
from app.domain.accounting.readings import Readings
from app.domain.accounting.saved import restore_ledger, save_ledger
from app.domain.accounting.sequence import SourceLog
from app.domain.accounting.spoken import take_correction, take_order, take_shifts, work_as_said
from app.domain.accounting.tally import Frame, frames, merge
from app.domain.accounting.telling import tell
from app.domain.accounting.timeline import Context, timeline
from app.domain.events.contract import (
    AndonChanged,
    CountCorrected,
    Counted,
    Epoch,
    Event,
    Heartbeat,
    Measured,
    OrderChanged,
    ShiftsChanged,
    StateChanged,
    StopClassified,
)
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.plant.rules import rules_of

IN_MEMORY_MS = DAY_MS // 8
OPEN_HOURS_EVERY_MS = 5_000
_OWN = (StateChanged, Measured, Heartbeat)


class Ledger:
    """See ledger_api.LineLedger. Mutable, one owner, no clock: `now` (UTC ms) comes with every question."""

    def __init__(self, line: WorkCenter, plant: Plant, pages: PageStore, checkpoint: bytes | None = None) -> None:
        self.line = line
        self.plant = plant
        self.book = LineBook(line.path)
        self.exceptions = ShiftExceptions()
        self.calendar = line.calendar
        self.sources: dict[tuple[str, Epoch], SourceLog] = {}
        self.machines: dict[str, MachineAccount] = {}
        self.books: dict[str, OrderBook] = {}
        self.now = self.high = 0
        self.version = self.forgotten = self.ruled_since = 0
        self.rules = rules_of(line, plant)
        self._told_open = 0
        self._fed: Set[str] = frozenset()
        self._readings: Readings | None = None
        self._rate_cuts = sorted({t for history in plant.rates.entries.values() for t, _ in history if t > 0})
        for unit in line.machines:
            scope = unit.path if line.topology == "parallel" else line.path
            book = self.books.setdefault(scope, OrderBook())
            context = Context(unit, line.calendar, plant.reasons, book)
            self.machines[unit.path] = MachineAccount(unit, context, pages)
        if checkpoint is not None:
            restore_ledger(self, checkpoint)
            work_as_said(self)

    def apply(self, events: Sequence[Event]) -> None:
        """Take events in stream order; see ledger_api. Odd content becomes a finding, never an error."""
        waiting: dict[str, list[Counted]] = {path: [] for path in self.machines}
        for event in events if self._follows(events) else self._new_ones(events):
            if type(event) is Counted and event.machine in self._fed:
                waiting[event.machine].append(event)
                continue
            own = waiting.get(event.machine)
            self._count(waiting if own is None or type(event) not in _OWN else {event.machine: own})
            self._take(event, self.machines.get(event.machine))
        self._count(waiting)

    def _follows(self, events: Sequence[Event]) -> bool:
        """Take note of a batch that is one source going on; False: it must be judged event by event."""
        log = self.sources.get((events[0].source, events[0].epoch)) if events else None
        if log is None or not log.goes_on(events):
            return False
        log.next, log.t_last, self._fed = events[-1].seq + 1, events[-1].t, log.machines
        return True

    def _new_ones(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events that are no duplicates, each with its place in its source's sequence noted."""
        source = ""
        epoch: Epoch = -1
        log: SourceLog | None = None
        for event in events:
            if event.source != source or event.epoch != epoch:
                source, epoch = event.source, event.epoch
                log = self.sources.get((source, epoch))
            if log is not None and event.seq == log.next:
                log.next += 1
                log.t_last = event.t
            elif self._accept(event, log):
                log = self.sources[source, epoch]
            else:
                continue
            self._fed = log.machines
            yield event

    def _count(self, waiting: dict[str, list[Counted]]) -> None:
        """Book counts held back so far: what else is said of the machine comes after them, as on the stream."""
        for path, counts in waiting.items():
            if counts:
                self.machines[path].count_all(counts)
                counts.clear()

    def _accept(self, event: Event, log: SourceLog | None) -> bool:
        """Judge an event that does not simply follow: False for a duplicate; a gap marks time as unknown."""
        if log is None:
            self.sources[event.source, event.epoch] = SourceLog(event.seq, event.t)
            return True
        changed = log.accept(event.seq, event.t)
        if changed is None:
            self.book.duplicates += 1
            return False
        if event.seq + 1 != log.next:
            self.book.resent((changed.start, event.t), self.sources)
        if changed.length:
            for path in log.machines:
                self.machines[path].changes.mark(changed)
            if event.seq + 1 == log.next and log.machines:
                self.book.missing(event.source, changed, event.seq)
        return True

    def _take(self, event: Event, account: MachineAccount | None) -> None:
        if isinstance(event, StopClassified | CountCorrected):
            take_correction(self, event, account)
        elif isinstance(event, OrderChanged):
            take_order(self, event, account)
        elif isinstance(event, AndonChanged):
            self.book.andon(event)
        elif isinstance(event, ShiftsChanged):
            take_shifts(self, event)
        elif account is not None:
            self._take_machine_event(event, account)
        else:
            for each in self.machines.values():
                self._feed(event, each)
                each.sign_of_life(event.t)

    def _take_machine_event(self, event: Event, account: MachineAccount) -> None:
        self._feed(event, account)
        if isinstance(event, Counted):
            account.count(event)
        elif isinstance(event, StateChanged):
            if event.t < self.high:
                self._mark_neighbours(account, event.t)
            self.high = max(self.high, event.t)
            if account.say(event) is Kind.NONE:
                self.book.unknown("state", account.unit.path, event.t, event.state)
            if event.reason is not None and self.plant.reasons.get(event.reason) is None:
                self.book.unknown("reason", account.unit.path, event.t, event.reason)
        else:
            account.sign_of_life(event.t)
            if isinstance(event, Measured) and event.signal not in account.unit.signals:
                self.book.unknown("signal", account.unit.path, event.t, event.signal)

    def _mark_neighbours(self, account: MachineAccount, t: int) -> None:
        """A late statement may tell who starved or blocked the others from then on."""
        later, _ = account.history.forward(t, t + 1, 1, self.high + 1)
        until = min(later[0][0] if later else self.high, t + DAY_MS)
        for other in self.machines.values():
            if other is not account:
                other.changes.mark(Interval(t, until + 1))

    def _feed(self, event: Event, account: MachineAccount) -> None:
        """Remember that this source speaks for this machine, so that its gaps are the machine's unknown time."""
        log = self.sources[event.source, event.epoch]
        if account.unit.path not in log.machines:
            log.machines.add(account.unit.path)
            account.history.sources.append(log)

    def rely_on(self, lapses: Callable[[str, Interval, int], list[Interval]]) -> None:
        """Ask `lapses` (machine, window, now) from now on when signals that figures derive from broke a rule."""
        for path, account in self.machines.items():
            account.context.lapses = partial(lapses, path)

    def distrusted(self, machine: str, window: Interval) -> None:
        """Tell the hours of a window anew: the lapses of the machine's signals changed there."""
        self.machines[machine].changes.mark(window)

    def at_work(self, machine: str, window: Interval) -> list[Interval]:
        """Return the known planned busy time of a machine inside the window, by start."""
        account = self.machines[machine]
        return known_work(timeline(account.history, account.context, window, max(self.now, window.end)))

    def settle(self, now: int, *, open_hours: bool | None = None) -> list[Fact]:
        """Bring the account up to `now`; return the facts that changed: closed and restated hours at once.

        open_hours: whether hours that still run are told too; None: at most every 5 s.
        """
        self.now = max(self.now, now)
        if open_hours is None:
            open_hours = self.now - self._told_open >= OPEN_HOURS_EVERY_MS
        if open_hours:
            self._told_open = self.now
        self._readings = Readings(lambda path, window: self._frames(path, window, self.now))
        facts = tell(self, open_hours=open_hours)
        self._readings = None
        if self.book.orders_since is not None:
            facts.append(orders_fact(self.line.path, self.books.values(), self.book.orders_since))
        return facts + self.book.take_facts()

    def changed_pages(self) -> dict[str, bytes]:
        """Pages to persist with the next commit; what was persisted and is old leaves memory."""
        pages: dict[str, bytes] = {}
        for account in self.machines.values():
            account.history.evict(self.now - IN_MEMORY_MS)
            pages |= account.history.unsaved
            account.history.unsaved = {}
        return pages

    def forget(self, before: int) -> None:
        """Forget inputs older than `before` (UTC ms): what was told of them stands, they can no longer be corrected."""
        self.forgotten = max(self.forgotten, before)
        for account in self.machines.values():
            account.history.forget(before)
            account.history.sources = [log for log in account.history.sources if log.t_last >= before]
        for book in self.books.values():
            book.prune(before)
        self.sources = {key: log for key, log in self.sources.items() if log.t_last >= before}

    def checkpoint(self) -> bytes:
        """Everything but the pages; valid together with the pages returned just before."""
        return save_ledger(self)

    def read_ahead(self, machine: str, hours: Sequence[int]) -> None:
        """While facts are told: read these hours (starts, rising) of a machine at once."""
        if self._readings is not None:
            self._readings.ahead(machine, hours)

    def _frames(self, path: str, window: Interval, now: int) -> list[Frame]:
        m = self.machines[path]
        return frames(m.history, m.context, window, now, self.line.setup_target_ms, self.plant.rates, self._rate_cuts)

    def cells(self, equipment: str, window: Interval, now: int) -> list[Cell]:
        """Cells of a machine, or of the line under its convention, inside window; see ledger_api."""
        held = self._readings

        def read(path: str) -> list[Frame]:
            return self._frames(path, window, now) if held is None else held.of(path, window)

        if equipment != self.line.path:
            return merge((f.key(equipment), f.components(equipment, self.plant.rates)) for f in read(equipment))
        histories = {path: account.history for path, account in self.machines.items()}
        return merge(line_frames(self.line, self.plant.rates, read, lambda path: histories[path].has_rejects(window)))

    def episodes(self, machine: str, window: Interval, now: int) -> list[Episode]:
        """Episodes of a machine that overlap window, by start, whole, adjacent; see ledger_api."""
        account = self.machines[machine]
        found = episodes_in(account.history, account.context, window, now)
        return [caused_by(e, self.line, self.machines) for e in found]

    def orders(self, window: Interval) -> list[OrderFact]:
        """Order runs on the line that overlap the window."""
        runs = all_runs(self.books.values())
        inside = (run for run in runs if run.start < window.end and (run.end is None or run.end > window.start))
        return [order_fact(self.line.path, run) for run in inside]

    def calls(self) -> list[CallFact]:
        """Open andon calls, oldest first."""
        return self.book.open_calls()

    def findings(self, window: Interval) -> list[FindingFact]:
        """Findings that overlap the window, by time."""
        return self.book.findings_in(window)

    def heard(self, machine: str) -> int | None:
        """Time of the machine's last sign of life, or None."""
        return self.machines[machine].history.heard()

    def duplicates(self) -> int:
        """Events recognised as duplicates so far."""
        return self.book.duplicates
