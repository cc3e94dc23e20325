"""A ledger's checkpoint: everything but the pages, as bytes."""

from datetime import date
from typing import Protocol

import msgspec

from app.domain.accounting.account import MachineAccount
from app.domain.accounting.book import LineBook
from app.domain.accounting.buckets import Episode
from app.domain.accounting.exceptions import Said as ShiftsSaid
from app.domain.accounting.exceptions import ShiftExceptions
from app.domain.accounting.facts import CallFact, FindingFact
from app.domain.accounting.orders import OrderBook, OrderEntry
from app.domain.accounting.packml import Kind, Said
from app.domain.accounting.sequence import Range, SourceLog
from app.domain.events.contract import Epoch
from app.domain.interval import HOUR_MS, floor_hour

SCHEMA = 1


class Saveable(Protocol):
    """What of a ledger a checkpoint holds."""

    now: int
    high: int
    version: int
    forgotten: int
    rules: str
    ruled_since: int
    book: LineBook
    exceptions: ShiftExceptions
    sources: dict[tuple[str, Epoch], SourceLog]
    machines: dict[str, MachineAccount]
    books: dict[str, OrderBook]


class _Source(msgspec.Struct, array_like=True):
    source: str
    epoch: int | str
    first: int
    next: int
    t_first: int
    t_last: int
    older: list[Range]
    machines: list[str]


class _Machine(msgspec.Struct, array_like=True):
    path: str
    known: list[int]
    table: list[tuple[int, str, str | None]]
    born: int | None
    told_from: int | None
    settled_to: int | None
    hole: int | None
    open_told: Episode | None
    waiting: list[int]


class _Saved(msgspec.Struct, array_like=True):
    schema: int
    now: int
    high: int
    version: int
    duplicates: int
    sources: list[_Source]
    machines: list[_Machine]
    orders: dict[str, list[OrderEntry]]
    calls: list[CallFact]
    findings: list[FindingFact]
    forgotten: int = 0
    shifts: dict[date, ShiftsSaid] = msgspec.field(default_factory=dict)
    rules: str = ""
    ruled_since: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Saved)


def save_ledger(ledger: Saveable) -> bytes:
    """Return the ledger without its pages; `restore_ledger` and the same pages give an equal ledger."""
    ledger.book.prune(ledger.now)
    return _encoder.encode(
        _Saved(
            SCHEMA,
            ledger.now,
            ledger.high,
            ledger.version,
            ledger.book.duplicates,
            [_source(*key, log) for key, log in ledger.sources.items()],
            [_machine(path, account) for path, account in ledger.machines.items()],
            {scope: book.entries for scope, book in ledger.books.items()},
            list(ledger.book.calls.values()),
            list(ledger.book.findings.values()),
            ledger.forgotten,
            ledger.exceptions.said,
            ledger.rules,
            ledger.ruled_since,
        )
    )


def _source(source: str, epoch: Epoch, log: SourceLog) -> _Source:
    machines = sorted(log.machines)
    return _Source(source, epoch, log.first, log.next, log.t_first, log.t_last, log.older, machines)


def _machine(path: str, account: MachineAccount) -> _Machine:
    history, changes = account.history, account.changes
    return _Machine(
        path,
        history.known,
        [(int(s.kind), s.word, s.reason) for s in history.table],
        history.born,
        changes.told_from,
        changes.settled_to,
        changes.hole,
        changes.open_told,
        sorted(changes.dirty),
    )


def restore_ledger(ledger: Saveable, raw: bytes) -> None:
    """Bring a new ledger to what `raw` holds. Machines that left the plant file since then are forgotten.

    Raises msgspec.DecodeError when the bytes are no checkpoint of this schema.
    """
    saved = _decoder.decode(raw)
    ledger.now, ledger.high, ledger.version = saved.now, saved.high, saved.version
    ledger.book.duplicates, ledger.forgotten = saved.duplicates, saved.forgotten
    ledger.ruled_since = saved.ruled_since if saved.rules in ("", ledger.rules) else floor_hour(saved.now) - HOUR_MS
    for machine in saved.machines:
        if machine.path in ledger.machines:
            table = [Said(Kind(kind), word, reason) for kind, word, reason in machine.table]
            account = ledger.machines[machine.path]
            account.history.restore(machine.known, table)
            account.history.born, account.changes.hole = machine.born, machine.hole
            account.changes.told_from, account.changes.settled_to = machine.told_from, machine.settled_to
            account.changes.open_told = machine.open_told
            account.changes.dirty = set(machine.waiting)
    for scope, entries in saved.orders.items():
        if scope in ledger.books:
            ledger.books[scope].entries.extend(entries)
    ledger.book.calls = {call.call: call for call in saved.calls}
    ledger.book.findings = {(f.equipment, f.rule, f.since - f.since % 3_600_000): f for f in saved.findings}
    ledger.exceptions.said = saved.shifts
    for source in saved.sources:
        _restore_source(ledger, source)


def _restore_source(ledger: Saveable, source: _Source) -> None:
    log = SourceLog(source.first, source.t_first)
    log.next, log.t_last = source.next, source.t_last
    log.older = source.older
    ledger.sources[source.source, source.epoch] = log
    for path in source.machines:
        if path in ledger.machines:
            log.machines.add(path)
            ledger.machines[path].history.sources.append(log)
