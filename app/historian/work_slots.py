"""When work on a machine costs no planned production time: breaks, free time, and change-overs of the accepted plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.domain.decisions.work import WorkOrder, next_slot, worked_in
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.roles import covers
from app.historian.database import Database
from app.historian.plans import Plans


class ChangeOver(NamedTuple):
    """A line is set up for an order. order: of production; slot: UTC ms."""

    order: str
    slot: Interval


@dataclass(frozen=True, slots=True)
class Slots:
    """change_overs: by line path, as the accepted plan predicts them; orders: of the machines that are asked about."""

    now: int
    change_overs: Mapping[str, Sequence[ChangeOver]]
    orders: Sequence[WorkOrder]

    def next(self, line: WorkCenter, order: WorkOrder) -> Interval | None:
        """Return the next slot an order fits into beside the other planned ones of its machine; None: there is none."""
        taken = [Interval(o.slot_from, o.slot_to) for o in self.orders
                 if o.machine == order.machine and o.number != order.number
                 and o.state == "planned" and o.slot_from and o.slot_to]  # fmt: skip
        return next_slot(line.calendar, self.now, order.minutes, taken, self._standing(line))

    def is_change_over(self, line: WorkCenter, slot: Interval) -> bool:
        """Return whether the line is being set up for another product in some of a slot."""
        return any(part.clip(slot).length > 0 for part in self._standing(line))

    def costs(self, line: WorkCenter, slot: Interval) -> int:
        """Return how much planned production time a slot takes, ms."""
        return worked_in(slot, line.calendar, self._standing(line))

    def tied(self, line: WorkCenter, order: WorkOrder, slot: Interval) -> WorkOrder:
        """Return an order with a slot, tied to the change-over that makes it cost nothing, where one does."""
        over = next((one for one in self.of(line) if one.slot.clip(slot).length > 0), None)
        if over is not None and (self.costs(line, slot) or not worked_in(slot, line.calendar, ())):
            over = None
        tied = (None, None) if over is None else (over.order, over.slot.start)
        return replace(order, slot_from=slot.start, slot_to=slot.end, change_over=tied[0], change_over_from=tied[1])

    def of(self, line: WorkCenter) -> Sequence[ChangeOver]:
        """Return the change-overs to come of a line."""
        return self.change_overs.get(line.path, ())

    def _standing(self, line: WorkCenter) -> list[Interval]:
        return [one.slot for one in self.of(line)]


def slots_of(database: Database, plant: Plant, now: int, orders: Sequence[WorkOrder]) -> Slots:
    """Return the slots of every line as its site's accepted plan stands now, UTC ms. Raises DatabaseAway."""
    found, plans = {}, Plans(database)
    for site in plant.sites:
        held = plans.accepted(site.path)
        if held is None or held.solved is None:
            continue
        ahead = [a for a in held.solved.plan.assignments if a.setup_ms and a.start > now and not a.running]
        for line in (line for line in plant.lines() if covers(site.path, line.path)):
            own = [a for a in ahead if a.line == line.path]
            found[line.path] = [ChangeOver(a.order, Interval(a.setup_start, a.start)) for a in own]
    return Slots(now, found, orders)
