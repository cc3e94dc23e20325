"""Correct when an order began or ended: the statement stays on the stream, the correction stands in for it."""

from dataclasses import dataclass

from app.auth.guard import Invalid, NotFound
from app.commands.desk import CommandDesk, Receipt, note_of, source_of
from app.commands.extent import check_closed
from app.domain.accounting.facts import OrderFact
from app.domain.events.contract import OrderAction, OrderChanged
from app.domain.interval import DAY_MS, Interval
from app.domain.roles import Identity, Permission

LONGEST_ORDER_MS = 60 * DAY_MS


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """The start or end (`action`) of `order` on `line` was not at `was` but at `at` (UTC ms).

    product: what was really made, None: as said. An order that ended because the next began ends otherwise when that
    start is corrected. note: why, always said. key: see Desk.say.
    """

    line: str
    order: str
    action: OrderAction
    was: int
    at: int
    note: str
    product: str | None = None
    key: str = ""


def correct_order(desk: CommandDesk, who: Identity, edit: OrderEdit) -> Receipt:
    """Append the correction. Raises Forbidden, NotFound, Invalid, Unavailable."""
    line = desk.line(who, Permission.CHANGE_ORDER, edit.line)
    runs = desk.past.orders(line.path, Interval(max(0, edit.was - LONGEST_ORDER_MS), desk.now() + 1))
    _check_time(edit, runs, desk.now())
    if edit.product is not None and edit.product not in desk.plant.products:
        raise Invalid("refused.product", product=edit.product)
    note = note_of(edit.note)
    if note is None:
        raise Invalid("refused.why")
    check_closed(desk, who, line, min(edit.at, edit.was), note)
    event = OrderChanged(
        machine=line.path,
        t=edit.at,
        source=source_of(who),
        epoch=0,
        seq=0,
        action=edit.action,
        order=edit.order,
        product=edit.product,
        was=edit.was,
        said_at=desk.now(),
        by=who.name,
        note=note,
    )
    return desk.take(line, who, event, key=edit.key)


def _check_time(edit: OrderEdit, runs: list[OrderFact], now: int) -> None:
    """Refuse a time that would turn the order of runs around: between the neighbours' own times is right."""
    meant = [i for i, run in enumerate(runs) if run.order == edit.order and _edge(run, edit.action) == edit.was]
    if not meant:
        raise NotFound("refused.no_run", order=edit.order)
    run = runs[meant[0]]
    before = runs[meant[0] - 1] if meant[0] else None
    behind = runs[meant[0] + 1] if meant[0] + 1 < len(runs) else None
    low, high = run.start, now + 1
    if edit.action == "start":
        low, high = before.start if before else 0, run.end or now
    if not low < edit.at < high or edit.at > now:
        raise Invalid("refused.run_times")
    if edit.action == "end" and behind is not None and edit.at > behind.start:
        raise Invalid("refused.run_next", order=behind.order)


def _edge(run: OrderFact, action: OrderAction) -> int | None:
    return run.start if action == "start" else run.end
