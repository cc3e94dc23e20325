"""Orders on a line over time: which order and product a machine worked on at any moment."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.domain.accounting.facts import OrderFact, OrdersFact
from app.domain.events.contract import OrderChanged
from app.domain.interval import Interval


class OrderEntry(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One order event, sortable by time and then by the source's own order."""

    t: int
    seq: int
    source: str
    action: str
    order: str
    product: str | None = None
    quantity: int | None = None
    due: int | None = None


class OrderRun(NamedTuple):
    """An order from its start to its end (None: it runs); product may be unknown."""

    start: int
    end: int | None
    order: str
    product: str | None
    quantity: int | None
    due: int | None


class OrderBook:
    """Order events of one line (or of one machine of parallel cells), kept sorted; runs derive from them.

    A start ends the order before it. An end without its start is kept and ends nothing else.
    """

    def __init__(self, entries: list[OrderEntry] | None = None) -> None:
        self.entries = entries or []
        self._runs: list[OrderRun] | None = None

    def add(self, event: OrderChanged) -> Interval:
        """Take an order event, late ones too. Return the time whose order may have changed; end -1 means open."""
        entry = OrderEntry(
            event.t,
            event.seq,
            event.source,
            event.action,
            event.order,
            event.product,
            event.quantity,
            event.due,
        )
        insort(self.entries, entry, key=lambda e: (e.t, e.seq, e.source))
        self._runs = None
        at = bisect_right(self.entries, event.t, key=lambda e: e.t)
        return Interval(event.t, self.entries[at].t if at < len(self.entries) else -1)

    def runs(self) -> list[OrderRun]:
        """Return all order runs by start; disjoint."""
        if self._runs is None:
            self._runs = _derive(self.entries)
        return self._runs

    def at(self, t: int) -> OrderRun | None:
        """Return the order that runs at `t`, or None."""
        runs = self.runs()
        at = bisect_right(runs, t, key=lambda r: r.start) - 1
        if at < 0 or ((end := runs[at].end) is not None and end <= t):
            return None
        return runs[at]

    def cuts(self, window: Interval) -> list[int]:
        """Return the times inside `window` at which the order changes."""
        at = bisect_right(self.entries, window.start, key=lambda e: e.t)
        found = []
        while at < len(self.entries) and self.entries[at].t < window.end:
            found.append(self.entries[at].t)
            at += 1
        return found

    def is_idle(self, t: int) -> bool:
        """Whether orders are in use (one was seen at or before `t`) and none runs at `t`."""
        return bool(self.entries) and self.entries[0].t <= t and self.at(t) is None

    def prune(self, before: int) -> None:
        """Forget order events that ended before `before` (UTC ms), keeping the one in force there."""
        keep = bisect_right(self.entries, before, key=lambda e: e.t) - 1
        if keep > 0:
            del self.entries[:keep]
            self._runs = None


def _derive(entries: list[OrderEntry]) -> list[OrderRun]:
    runs: list[OrderRun] = []
    for entry in entries:
        running = bool(runs) and runs[-1].end is None
        if entry.action == "start":
            if running and runs[-1].order == entry.order and runs[-1].product == entry.product:
                continue
            if running:
                runs[-1] = runs[-1]._replace(end=entry.t)
            runs.append(OrderRun(entry.t, None, entry.order, entry.product, entry.quantity, entry.due))
        elif running and runs[-1].order == entry.order:
            runs[-1] = runs[-1]._replace(end=entry.t)
    return [run for run in runs if run.end is None or run.end > run.start]


def orders_fact(line: str, books: Iterable[OrderBook], since: int) -> OrdersFact:
    """Return what history is told when order events from `since` on are new.

    No run that starts before it changed its start; the one in force there may have got another end.
    """
    runs = [run for run in all_runs(books) if run.end is None or run.end >= since]
    return OrdersFact(line, since, [order_fact(line, run) for run in runs])


def all_runs(books: Iterable[OrderBook]) -> list[OrderRun]:
    """Return the runs of all books by start, one that several machines share once."""
    return sorted({run for book in books for run in book.runs()}, key=lambda run: (run.start, run.order))


def order_fact(line: str, run: OrderRun) -> OrderFact:
    """Return what history keeps of an order run."""
    return OrderFact(line, run.order, run.product, run.quantity, run.start, run.end, run.due)
