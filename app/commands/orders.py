"""Start an order (which ends the one before: a change-over) or end the running one."""

import re
from dataclasses import dataclass

from app.auth.guard import Conflict, Invalid
from app.commands.desk import CommandDesk, Receipt, source_of
from app.domain.events.contract import OrderChanged
from app.domain.roles import Identity, Permission
from app.live.snapshots import line_board

MOST_UNITS = 1_000_000_000
_ORDER = re.compile(r"[\w][\w .\-/#]{0,63}")


@dataclass(frozen=True, slots=True)
class OrderStart:
    """What is to be made on `line` from now. quantity: units of the product's resolution, None when open."""

    line: str
    order: str
    product: str
    quantity: int | None = None
    due: int | None = None
    key: str = ""


def start_order(desk: CommandDesk, who: Identity, start: OrderStart) -> Receipt:
    """Append the start. Raises Forbidden, NotFound, Invalid, Unavailable."""
    line = desk.line(who, Permission.CHANGE_ORDER, start.line)
    if not _ORDER.fullmatch(start.order):
        raise Invalid("refused.order")
    if start.product not in desk.plant.products:
        raise Invalid("refused.product", product=start.product)
    if start.quantity is not None and not 1 <= start.quantity <= MOST_UNITS:
        raise Invalid("refused.quantity", most=MOST_UNITS, quantity=start.quantity)
    event = OrderChanged(
        machine=line.path,
        t=desk.now(),
        source=source_of(who),
        epoch=0,
        seq=0,
        action="start",
        order=start.order,
        product=start.product,
        quantity=start.quantity,
        due=start.due,
    )
    return desk.take(line, who, event, key=start.key)


def end_order(desk: CommandDesk, who: Identity, line_name: str, order: str, *, key: str = "") -> Receipt:
    """Append the end of `order`. Raises Conflict when another one runs by now, and what start_order raises."""
    line = desk.line(who, Permission.CHANGE_ORDER, line_name)
    board = line_board(desk.boards, line.path)
    running = board.order.order if board and board.order else None
    if running != order:
        raise Conflict("refused.other_order" if running else "refused.no_order", order=order, running=running)
    event = OrderChanged(
        machine=line.path, t=desk.now(), source=source_of(who), epoch=0, seq=0, action="end", order=order
    )
    return desk.take(line, who, event, key=key)
