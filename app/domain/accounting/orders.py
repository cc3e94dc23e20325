"""Orders on a line over time: which order and product a machine worked on at any moment."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

import msgspec

from app.domain.accounting.facts import OrderFact, OrdersFact
from app.domain.events.contract import OrderChanged
from app.domain.interval import Interval


class OrderEntry(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One order event, sortable by time and then by the source's own order.

    was, said_at: a person's correction of the statement made for `was`, and when they said it; None: a statement.
    """

    t: int
    seq: int
    source: str
    action: str
    order: str
    product: str | None = None
    quantity: int | None = None
    due: int | None = None
    was: int | None = None
    said_at: int = 0


class OrderRun(NamedTuple):
    """An order from its start to its end (None: it runs); product may be unknown."""

    start: int
    end: int | None
    order: str
    product: str | None
    quantity: int | None
    due: int | None


class OrderBook:
    """Order events of one line (or of one machine of parallel cells), kept as said; runs derive from them.

    A start ends the order before it. An end without its start is kept and ends nothing else. A correction stands in
    for the statement it corrects, whichever of the two came first; of two corrections the later said one counts.
    """

    def __init__(self, entries: list[OrderEntry] | None = None) -> None:
        self.entries = entries or []
        self._valid: list[OrderEntry] | None = None
        self._runs: list[OrderRun] | None = None

    def add(self, event: OrderChanged) -> Interval:
        """Take an order event, late ones and corrections too.

        Return the time whose order may have changed; end -1 means open.
        """
        before = set(self.runs())
        insort(self.entries, _entry(event), key=_place)
        self._runs = self._valid = None
        later = bisect_right(self.valid(), event.t, key=_time)
        changed = before.symmetric_difference(self.runs())
        ends = [run.end for run in changed]
        ends.append(self.valid()[later].t if later < len(self.valid()) else None)
        known = [end for end in ends if end is not None]
        return Interval(min([event.t, *(run.start for run in changed)]), -1 if None in ends else max(known))

    def has(self, event: OrderChanged) -> bool:
        """Whether the statement that a correction corrects is known."""
        return any((e.t, e.action, e.order) == (event.was, event.action, event.order) for e in self.entries)

    def valid(self) -> list[OrderEntry]:
        """Return the statements that hold, each corrected one replaced, by time."""
        if self._valid is None:
            self._valid = _corrected(self.entries)
        return self._valid

    def runs(self) -> list[OrderRun]:
        """Return all order runs by start; disjoint."""
        if self._runs is None:
            self._runs = _derive(self.valid())
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
        entries = self.valid()
        at = bisect_right(entries, window.start, key=_time)
        found = []
        while at < len(entries) and entries[at].t < window.end:
            found.append(entries[at].t)
            at += 1
        return found

    def is_idle(self, t: int) -> bool:
        """Whether orders are in use (one was seen at or before `t`) and none runs at `t`."""
        entries = self.valid()
        return bool(entries) and entries[0].t <= t and self.at(t) is None

    def prune(self, before: int) -> None:
        """Forget order events that ended before `before` (UTC ms), keeping the one in force there."""
        keep = bisect_right(self.valid(), before, key=_time) - 1
        if keep > 0:
            self.entries = [msgspec.structs.replace(entry, was=None) for entry in self.valid()[keep:]]
            self._runs = self._valid = None


_time = attrgetter("t")
_place = attrgetter("t", "seq", "source")


def _entry(event: OrderChanged) -> OrderEntry:
    return OrderEntry(
        event.t,
        event.seq,
        event.source,
        event.action,
        event.order,
        event.product,
        event.quantity,
        event.due,
        event.was,
        event.said_at or 0,
    )


def _corrected(entries: list[OrderEntry]) -> list[OrderEntry]:
    """Let each correction stand in for what it corrects, in the order they were said; what it leaves out stays."""
    valid = [entry for entry in entries if entry.was is None]
    corrections = [entry for entry in entries if entry.was is not None]
    for said in sorted(corrections, key=attrgetter("said_at", "seq", "source")):
        meant = (said.was, said.action, said.order)
        old = next((entry for entry in valid if (entry.t, entry.action, entry.order) == meant), None)
        if old is not None:
            valid.remove(old)
            kept = {key: getattr(old, key) for key in ("product", "quantity", "due") if getattr(said, key) is None}
            insort(valid, msgspec.structs.replace(said, **kept), key=_place)
    return valid


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
