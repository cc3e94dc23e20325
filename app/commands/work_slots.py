"""When work on a machine costs no planned production time: breaks, free time, and change-overs of the accepted plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.commands.ground import Ground
from app.domain.decisions.work import WorkOrder, next_slot, worked_in
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import covers
from app.historian.plans import Plans


@dataclass(frozen=True, slots=True)
class Slots:
    """change_overs: by line path, as the accepted plan predicts them; orders: of the machines that are asked about."""

    now: int
    change_overs: Mapping[str, Sequence[Interval]]
    orders: Sequence[WorkOrder]

    def next(self, line: WorkCenter, order: WorkOrder) -> Interval | None:
        """Return the next slot an order fits into beside the other planned ones of its machine; None: there is none."""
        taken = [Interval(o.slot_from, o.slot_to) for o in self.orders
                 if o.machine == order.machine and o.number != order.number
                 and o.state == "planned" and o.slot_from and o.slot_to]  # fmt: skip
        return next_slot(line.calendar, self.now, order.minutes, taken, self._of(line))

    def is_change_over(self, line: WorkCenter, slot: Interval) -> bool:
        """Return whether the line is being set up for another product in some of a slot."""
        return any(part.clip(slot).length > 0 for part in self._of(line))

    def costs(self, line: WorkCenter, slot: Interval) -> int:
        """Return how much planned production time a slot takes, ms."""
        return worked_in(slot, line.calendar, self._of(line))

    def _of(self, line: WorkCenter) -> Sequence[Interval]:
        return self.change_overs.get(line.path, ())


def slots_of(ground: Ground, orders: Sequence[WorkOrder]) -> Slots:
    """Return the slots of every line as its site's accepted plan stands now. Raises DatabaseAway."""
    now, found, plans = ground.now(), {}, Plans(ground.database)
    plant = ground.plant()
    for site in plant.sites:
        held = plans.accepted(site.path)
        if held is None or held.solved is None:
            continue
        ahead = [a for a in held.solved.plan.assignments if a.setup_ms and a.start > now and not a.running]
        for line in (line for line in plant.lines() if covers(site.path, line.path)):
            found[line.path] = [Interval(a.setup_start, a.start) for a in ahead if a.line == line.path]
    return Slots(now, found, orders)
