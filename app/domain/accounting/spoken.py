"""What people say about a line, and when orders run: it reaches back, and what it touches is told anew (DOMAIN 7)."""

from dataclasses import replace
from typing import Protocol

from app.domain.accounting.account import MachineAccount
from app.domain.accounting.book import LineBook
from app.domain.accounting.exceptions import ShiftExceptions
from app.domain.accounting.orders import OrderBook
from app.domain.events.contract import CountCorrected, OrderChanged, ShiftsChanged, StopClassified
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.shifts import ShiftCalendar
from app.domain.plant.worked import touched


class Spoken(Protocol):
    """What of a ledger people's words change. calendar: the plant file's; the line's own has the exceptions in it."""

    line: WorkCenter
    calendar: ShiftCalendar
    exceptions: ShiftExceptions
    machines: dict[str, MachineAccount]
    books: dict[str, OrderBook]
    book: LineBook
    now: int


def take_correction(ledger: Spoken, event: StopClassified | CountCorrected, account: MachineAccount | None) -> None:
    """Lay what a person says of a machine's time or counts over what the machine said."""
    if account is None:
        detail = f"a correction by {event.by} names the line, not a machine"
        ledger.book.find(ledger.line.path, "correction_without_machine", event.t, event.t, detail)
    elif isinstance(event, StopClassified):
        account.claim(event, max(ledger.now, event.t))
        ledger.book.corrected(event, Interval(event.from_, event.to or 0))
    else:
        account.correct(event)
        ledger.book.corrected(event, Interval(event.made_at, event.made_at))


def take_order(ledger: Spoken, event: OrderChanged, account: MachineAccount | None) -> None:
    """Take the start or end of an order, or a correction of when it was."""
    if event.was is not None and not any(book.has(event) for book in ledger.books.values()):
        detail = f"{event.by} corrects the {event.action} of order {event.order}, which nobody said so far"
        ledger.book.find(ledger.line.path, "correction_without_order", event.t, event.t, detail)
    is_parallel = ledger.line.topology == "parallel" and account is not None
    since = event.t
    for scope in [account.unit.path] if is_parallel and account is not None else list(ledger.books):
        changed = ledger.books[scope].add(event)
        until = max(ledger.now, event.t) if changed.end < 0 else changed.end
        for machine in ledger.machines.values():
            if machine.context.orders is ledger.books[scope]:
                machine.changes.mark_long(Interval(changed.start, until), ledger.now)
        since = min(since, changed.start)
    if event.was is not None:
        ledger.book.corrected(event, Interval(since, max(event.t, event.was)))
    ledger.book.ordered(since)


def take_shifts(ledger: Spoken, event: ShiftsChanged) -> None:
    """Let a date be worked as a person says; the hours that belong to another shift now are told anew."""
    before = ledger.line.calendar
    if not ledger.exceptions.take(event):
        return
    work_as_said(ledger)
    window = touched(before, ledger.line.calendar, event.date)
    for account in ledger.machines.values():
        account.changes.mark(window)
    ledger.book.corrected(event, window)
    ledger.book.excepted(ledger.exceptions.fact(ledger.line.path, event.date))


def work_as_said(ledger: Spoken) -> None:
    """Let the line and its machines work by the calendar with what was said laid over it."""
    ledger.line = replace(ledger.line, calendar=ledger.exceptions.over(ledger.calendar))
    for account in ledger.machines.values():
        account.context.calendar = ledger.line.calendar
