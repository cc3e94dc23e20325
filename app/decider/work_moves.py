"""Work orders planned in a change-over go with it: the accepted plan is predicted anew, or another is accepted."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.boards.schedule import MACHINE
from app.domain.decisions.work import WorkOrder
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment, WorkCenter
from app.historian.database import Database
from app.historian.work_orders import WorkOrders
from app.historian.work_slots import Slots, slots_of

WORTH_MS = 10 * MINUTE_MS
"""Predictions move by seconds all the time; people are told of what matters."""


@dataclass(frozen=True, slots=True)
class WorkMover:
    """A part of the decider. plant: as it is worked now. A kill in between leaves an order moved or not moved."""

    plant: Callable[[], Plant]
    database: Database

    def step(self, now: int) -> None:
        """Move what is tied to a change-over that moved; now: UTC ms. Raises DatabaseAway."""
        orders = WorkOrders(self.database)
        tied = orders.tied()
        if not tied:
            return
        plant = self.plant()
        slots = slots_of(self.database, plant, now, orders.of(sorted({order.machine for order in tied}), now))
        for order in tied:
            line = _line(plant, order)
            moved = None if line is None else _moved(slots, line, order, now)
            if moved is not None:
                detail = f"{moved.slot_from} {moved.change_over or ''}".strip()
                orders.change(moved, order.version, (now, MACHINE, "moved", detail))


def _line(plant: Plant, order: WorkOrder) -> WorkCenter | None:
    try:
        return plant.resolve(order.machine)[0]
    except (UnknownEquipment, AmbiguousEquipment):
        return None


def _moved(slots: Slots, line: WorkCenter, order: WorkOrder, now: int) -> WorkOrder | None:
    """Return the order at its new time; None: it stays where it is.

    It keeps its distance from the beginning of its change-over. Where that is no more (its order was cancelled, made
    elsewhere, or follows the same product), the order takes the next slot that costs nothing. Once the change-over or
    the work should have begun, people have the say.
    """
    if order.slot_from is None or order.slot_to is None or order.change_over_from is None:
        return None
    if min(order.slot_from, order.change_over_from) <= now:
        return None
    over = next((one for one in slots.of(line) if one.order == order.change_over), None)
    if over is None:
        other = slots.next(line, order)
        return None if other is None else slots.tied(line, order, other)
    by = over.slot.start - order.change_over_from
    if abs(by) < WORTH_MS:
        return None
    slot = Interval(max(now, order.slot_from + by), max(now, order.slot_from + by) + order.slot_to - order.slot_from)
    return replace(order, slot_from=slot.start, slot_to=slot.end, change_over_from=over.slot.start)
