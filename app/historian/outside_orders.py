"""Work orders as a maintenance system outside knows them (app.domain.decisions.outside.OrderBook)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.domain.decisions.outside import STATUSES, Heard, OrderState, Status
from app.domain.decisions.work import WorkOrder
from app.historian.work_orders import WorkOrders

MOST_DIGITS = 9
"""Of a number of ours; a longer one could not even be asked for."""


@dataclass(frozen=True, slots=True)
class OutsideOrders:
    """Tells orders and takes in what is said of them. Every call may raise DatabaseAway.

    codes: failures that an order may be closed with.
    """

    orders: WorkOrders
    codes: Collection[str] = ()

    def changed_since(self, at: int, /) -> Sequence[OrderState]:
        """Return the orders people made or changed from `at` on (UTC ms), oldest change first; cancelled is done."""
        return [_state(order) for order in self.orders.changed_since(at)]

    def outside(self, heard: Heard, /) -> OrderState | None:
        """Take in what the maintenance system says; a failure code that the plant does not have stays in the history.

        Return the order when its state is another one since.

        Raises LookupError for a number that is not ours.
        """
        is_number = heard.number.isascii() and heard.number.isdecimal() and len(heard.number) <= MOST_DIGITS
        if not is_number or self.orders.get(int(heard.number)) is None:
            raise LookupError(f"work order {heard.number!r}: there is none of this number")
        if heard.code and heard.code not in self.codes:
            heard = replace(heard, code="", note=f"{heard.code} {heard.note}".strip())
        moved = self.orders.outside(int(heard.number), heard)
        if moved is None:
            return None
        return replace(_state(moved), at=max(heard.at, moved.made_at + 1), is_from_outside=True)


def _state(order: WorkOrder) -> OrderState:
    status: Status = next((known for known in STATUSES if known == order.state), "done")
    return OrderState(
        number=str(order.number),
        equipment=order.machine,
        title=order.title,
        why=order.why,
        priority=str(order.priority),
        status=status,
        created=order.made_at,
        at=order.changed_at,
        due_at=order.slot_to,
        by=order.made_by,
        external_id=order.external_id,
    )
