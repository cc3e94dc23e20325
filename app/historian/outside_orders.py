"""Work orders as a maintenance system outside knows them (app.domain.decisions.outside.OrderBook)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.decisions.outside import STATUSES, OrderState, Status
from app.domain.decisions.work import WorkOrder
from app.historian.work_orders import WorkOrders


@dataclass(frozen=True, slots=True)
class OutsideOrders:
    """Tells orders and takes in what is said of them. Every call may raise DatabaseAway."""

    orders: WorkOrders

    def changed_since(self, at: int, /) -> Sequence[OrderState]:
        """Return the orders people made or changed from `at` on (UTC ms), oldest change first; cancelled is done."""
        return [_state(order) for order in self.orders.changed_since(at)]

    def outside(self, number: str, external_id: str, status: Status, at: int, note: str, /) -> None:
        """Take in what the maintenance system says. Raises LookupError for a number that is not ours."""
        if not number.isdecimal() or self.orders.get(int(number)) is None:
            raise LookupError(f"work order {number!r}: there is none of this number")
        self.orders.outside(int(number), external_id, status, at, note)


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
