"""A whole log -> ledgers, in bounded memory: events in batches, past days in a temporary file."""

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from app.domain.accounting.counters import Counters
from app.domain.accounting.facts import Fact, FindingFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Event, Measured
from app.domain.governance.watch import LineWatch
from app.domain.plant.equipment import Plant

BATCH = 5_000
PAGE_EVERY = 50_000


class TemporaryPages(AbstractContextManager["TemporaryPages"]):
    """Pages of past days, packed, in a file that vanishes when it is closed. Implements PageStore."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="lineside-report-")  # noqa: SIM115
        self._at: dict[str, tuple[int, int]] = {}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def save(self, pages: dict[str, bytes]) -> None:
        """Keep the pages; a newer one replaces the older."""
        for key, page in pages.items():
            packed = zlib.compress(page, 1)
            self._at[key] = (self._file.seek(0, 2), len(packed))
            self._file.write(packed)

    def load(self, key: str) -> bytes | None:
        """Return the page, or None."""
        if key not in self._at:
            return None
        start, length = self._at[key]
        self._file.seek(start)
        return zlib.decompress(self._file.read(length))


class LogAccount:
    """The ledgers of the lines a log speaks about. first, last: event times in UTC ms, None before any event.

    tell: hears the facts of each line as they come; a report needs none.
    """

    def __init__(
        self, plant: Plant, pages: TemporaryPages, tell: Callable[[Sequence[Fact]], None] | None = None
    ) -> None:
        self._plant = plant
        self._pages = pages
        self._counters: dict[str, Counters] = {}
        self._watches: dict[str, LineWatch] = {}
        self._since_paging = 0
        self._tell = tell
        self.ledgers: dict[str, Ledger] = {}
        self.first: int | None = None
        self.last: int | None = None
        self.count = 0

    def take(self, events: Iterable[tuple[str, Event]]) -> None:
        """Apply all events, in order, a batch at a time."""
        for batch in _batches(events):
            by_line: dict[str, list[Event]] = {}
            for line, event in batch:
                by_line.setdefault(line, []).append(event)
            for line, told in by_line.items():
                self._apply(line, told)
            times = [event.t for _, event in batch]
            self.first = min([*times, *([] if self.first is None else [self.first])])
            self.last = max([*times, *([] if self.last is None else [self.last])])
            self.count += len(batch)
            self._page(len(batch), self.last)

    def _apply(self, path: str, told: list[Event]) -> None:
        if path not in self.ledgers:
            line = self._plant.line(path)
            self.ledgers[path] = Ledger(line, self._plant, self._pages)
            self._counters[path] = Counters(line, self.ledgers[path].book)
            self._watches[path] = LineWatch(line)
            self.ledgers[path].rely_on(self._watches[path].lapses)
        ledger = self.ledgers[path]
        events = [self._measure(path, e) if isinstance(e, Measured) else e for e in told]
        for machine, window in self._watches[path].take_changed():
            ledger.distrusted(machine, window)
        ledger.apply(events)

    def _measure(self, path: str, event: Measured) -> Event:
        converted, refused = self._counters[path].count(event)
        self._watches[path].hear(event, refused)
        return converted

    def review(self, now: int) -> None:
        """Keep what the rules of signals say up to `now` (UTC ms) as findings of the ledgers."""
        for path, ledger in self.ledgers.items():
            for seen in self._watches[path].review(now, ledger.at_work):
                ledger.book.observed(FindingFact(*seen.finding))
            self._watches[path].forget(now, 0)

    def _page(self, taken: int, now: int) -> None:
        self._since_paging += taken
        if self._since_paging >= PAGE_EVERY:
            self._since_paging = 0
            self.review(now)
            for ledger in self.ledgers.values():
                facts = ledger.settle(now, open_hours=False)
                if self._tell is not None:
                    self._tell(facts)
                self._pages.save(ledger.changed_pages())


def _batches(events: Iterable[tuple[str, Event]]) -> Iterator[list[tuple[str, Event]]]:
    batch: list[tuple[str, Event]] = []
    for event in events:
        batch.append(event)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
