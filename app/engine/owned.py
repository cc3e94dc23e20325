"""One line while this engine owns it: its ledger, its counters, what is not yet committed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.boards.signals import encode_states, signal_states
from app.domain.accounting.counters import Counters
from app.domain.accounting.facts import FindingFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Event, Measured
from app.domain.events.offset import SourceClocks
from app.domain.events.plausible import FARTHEST_PAST_MS
from app.domain.governance.watch import LineWatch
from app.domain.plant.equipment import Plant, WorkCenter
from app.engine.snapshot import Snapshots
from app.engine.step import Judged, judge
from app.streams.commit import Checkpoint, Commit, Commits, Refusal
from app.streams.connection import ServerAway
from app.streams.facts import encode_facts
from app.streams.leases import Lease
from app.streams.log import Batch, entry_ms

CHECKPOINT_EVERY_MS = 30_000
CHECKPOINT_EVERY_EVENTS = 50_000
LIVE_BATCH = 64
SIGNALS_EVERY_MS = 5_000


class CommittedPages:
    """Pages of past days: those of a commit under way first, then Redis. Implements PageStore."""

    def __init__(self, commits: Commits, line: str) -> None:
        self._commits = commits
        self._line = line
        self.under_way: dict[str, bytes] = {}

    def load(self, key: str) -> bytes | None:
        """Return the page, or None. Raises ServerAway; the ledger that asked must then be loaded anew."""
        return self.under_way.get(key) or self._commits.page(self._line, key)


@dataclass(slots=True)
class Care:
    """What to be careful about after the ledger failed on an event that keeps the contract (a bug of ours).

    is_careful: apply events singly, to find the one; poisoned: entries to refuse, with the reason. Survives reloads.
    """

    is_careful: bool = False
    poisoned: dict[bytes, str] = field(default_factory=dict)


class OwnedLine:
    """A line from its last checkpoint on. Not thread-safe.

    is_sound False: an error left ledger and log apart; throw this away and make a new one from the checkpoint.
    is_behind: more entries wait than were taken last; whoever reads says so. Nobody knows before the first read.
    care: which events to refuse because the ledger failed on them before. kept_ms: for how long inputs are kept.
    """

    def __init__(
        self,
        line: WorkCenter,
        plant: Plant,
        lease: Lease,
        commits: Commits,
        care: Care,
        kept_ms: int,
    ) -> None:
        saved = commits.read(line.path)
        self.line = line
        self.lease = lease
        self.position = saved.position
        self.is_sound = True
        self.is_behind = True
        self.quarantined = 0
        self._pages = CommittedPages(commits, line.path)
        self.ledger = Ledger(line, plant, self._pages, saved.ledger)
        self._snapshots = Snapshots(self.ledger)
        self._counters = Counters(line, self.ledger.book, saved.counters)
        self._watch = LineWatch(line, saved.watch)
        self.ledger.rely_on(self._watch.lapses)
        self._clocks = SourceClocks()
        self._known = frozenset({line.path, *(machine.path for machine in line.machines)})
        self._care = care
        self._kept_ms = kept_ms
        self._facts: list[bytes] = []
        self._refused: list[Refusal] = []
        self._unsaved = 0
        self._saved_at: int | None = None
        self._is_full_due = False
        self._signals_at = -SIGNALS_EVERY_MS

    @property
    def freshest(self) -> int:
        """Time of the newest sign of life of any machine, UTC ms; 0 before the first."""
        return max((self.ledger.heard(machine.path) or 0 for machine in self.line.machines), default=0)

    def take(self, batch: Batch, now: int) -> None:
        """Put a batch through: judge, convert counters, apply. Raises ServerAway or the ledger's error; not sound then.

        An error of the ledger makes the next try careful, a careful one names the event, the one after refuses it.
        """
        with self._changing():
            judged = judge(batch.raws, self._known, now, self._earliest(batch, now))
            for place, reason in judged.refused:
                self._refuse(batch, place, reason)
            events = self._with_counts(judged, batch)
            for machine, window in self._watch.take_changed():
                self.ledger.distrusted(machine, window)
            if self._care.is_careful:
                self._apply_singly(events, judged.places, batch)
            else:
                self._apply(events)
            if len(events) <= LIVE_BATCH:
                self._watch_clocks(events, judged.places, batch)
            self.position = batch.last
            self._unsaved += len(batch.raws)

    def _earliest(self, batch: Batch, now: int) -> int:
        """Return what an event may be about at the earliest, by when it arrived: a replay says the same.

        A clock that lost its year would else begin a record of years, every hour of it unknown; a backfill of two years
        may come, though.
        """
        arrived = min(now, entry_ms(batch.ids[0]))
        return max(self.ledger.forgotten, arrived - max(self._kept_ms, FARTHEST_PAST_MS))

    def prepare(self, now: int, ttl_ms: int, *, last: bool = False) -> Commit:
        """Return what to commit now: facts and board, and every 30 s or 50 000 events the checkpoint with its pages.

        last: the engine is stopping, checkpoint in any case. What a failed commit held is in the next one again.
        """
        with self._changing():
            self._saved_at = now if self._saved_at is None else self._saved_at
            is_full = last or self._is_full_due or self._unsaved >= CHECKPOINT_EVERY_EVENTS
            is_full = is_full or not 0 <= now - self._saved_at < CHECKPOINT_EVERY_MS
            if is_full:
                self._review(now)
            facts = self.ledger.settle(now, open_hours=True if is_full else None)
            self._facts += encode_facts(facts)
            snapshot = self._snapshots.snapshot(facts, now, is_behind=self.is_behind)
            signals = self._signals(now, is_due=is_full)
            if not is_full:
                return Commit(self.lease, ttl_ms, self._facts, snapshot=snapshot, signals=signals)
            self._is_full_due = True
            self._pages.under_way |= self.ledger.changed_pages()
            saved = (self.ledger.checkpoint(), self._counters.dump(), self._watch.dump())
            return Commit(
                self.lease,
                ttl_ms,
                self._facts,
                Checkpoint(self.position, *saved),
                self._pages.under_way,
                self._refused,
                snapshot,
                signals,
            )

    def _review(self, now: int) -> None:
        """Tell what owners of signals should know, and let go of what is no longer asked for."""
        for seen in self._watch.review(now, self.ledger.at_work):
            self.ledger.book.observed(FindingFact(*seen.finding))
        self._watch.forget(now, self.ledger.forgotten)

    def _signals(self, now: int, *, is_due: bool) -> bytes | None:
        if not is_due and 0 <= now - self._signals_at < SIGNALS_EVERY_MS:
            return None
        self._signals_at = now
        return encode_states(signal_states(self.line.path, self._watch.standings(now), now))

    def committed(self, commit: Commit, now: int) -> None:
        """Forget what a commit has written."""
        self._facts = []
        if commit.checkpoint is not None:
            self._pages.under_way = {}
            self._refused = []
            self._unsaved = 0
            self._saved_at = now
            self._is_full_due = False
            self._care.is_careful = False

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self.is_sound = False
        yield
        self.is_sound = True

    def _apply(self, events: Sequence[Event]) -> None:
        try:
            self.ledger.apply(events)
        except ServerAway:
            raise
        except Exception:
            self._care.is_careful = True
            raise

    def _apply_singly(self, events: Sequence[Event], places: Sequence[int], batch: Batch) -> None:
        for event, place in zip(events, places, strict=True):
            entry = batch.ids[place]
            if entry in self._care.poisoned:
                self._refuse(batch, place, self._care.poisoned[entry])
                continue
            try:
                self.ledger.apply([event])
            except ServerAway:
                raise
            except Exception as error:
                self._care.poisoned[entry] = f"the ledger could not take it: {error!r}"
                raise

    def _with_counts(self, judged: Judged, batch: Batch) -> Sequence[Event]:
        """Return the events with counter readings turned into counts."""
        if Measured not in set(map(type, judged.events)):
            return judged.events
        return [
            self._count(event, place, batch) if isinstance(event, Measured) else event
            for event, place in zip(judged.events, judged.places, strict=True)
        ]

    def _count(self, event: Measured, place: int, batch: Batch) -> Event:
        converted, refused = self._counters.count(event)
        self._watch.hear(event, refused)
        if refused is not None:
            self._refuse(batch, place, refused)
        return converted

    def _refuse(self, batch: Batch, place: int, reason: str) -> None:
        self._refused.append(Refusal(batch.ids[place], reason, batch.raws[place]))
        self.quarantined += 1

    def _watch_clocks(self, events: Sequence[Event], places: Sequence[int], batch: Batch) -> None:
        for event, place in zip(events, places, strict=True):
            arrived = entry_ms(batch.ids[place])
            offset = self._clocks.sample(event.source, event.t, arrived)
            if offset is not None:
                detail = f"the clock of source {event.source} is {offset / 1000:.1f} s ahead of the server's"
                if offset < 0:
                    detail = f"the clock of source {event.source} is {-offset / 1000:.1f} s behind the server's"
                self.ledger.book.find(self.line.path, "clock_offset", arrived, arrived, detail)
