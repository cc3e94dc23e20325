"""What the maintenance page shows: machines' health, worst first; work orders by state; plans and when they are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounting.reliability import Mean
from app.domain.decisions.health import Health
from app.domain.decisions.work import Due, Step, WorkOrder
from app.domain.interval import Interval


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A machine. health None: nothing looked at it yet; mttr_stops: from its stops; mttr_orders: from closed orders."""

    machine: str
    name: str
    line_name: str
    health: Health | None
    mttr_stops: Mean | None
    mttr_orders: Mean | None


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order with its history. slot: when it is planned, of an open one the next it fits into; None: there is none.

    costs_ms: planned production time the slot takes; in_change_over: the line is set up meanwhile.
    """

    order: WorkOrder
    machine_name: str
    line_name: str
    slot: Interval | None
    steps: tuple[Step, ...]
    costs_ms: int = 0
    in_change_over: bool = False


@dataclass(frozen=True, slots=True)
class RecentStop:
    """A stop that an order may repair. ms: how long, None while it lasts; reason: its name, None: nobody gave one."""

    id: str
    start: int
    ms: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RepairOffer:
    """What may be done about a stop. repaired_by: orders that name it; orders: others of its machine that may."""

    stop: str
    machine: str
    repaired_by: tuple[WorkOrder, ...]
    orders: tuple[WorkOrder, ...]


@dataclass(frozen=True, slots=True)
class MaintenanceBoard:
    """The page. at: UTC ms; machines: path -> name of those of the place; codes: reason leaves that are failures.

    stops: by machine with an order, the last ones to name; may_make, may_work: what the person may do here.
    """

    place: str
    zone: str
    at: int
    rows: tuple[HealthRow, ...]
    cards: tuple[OrderCard, ...]
    plans: tuple[Due, ...]
    machines: Mapping[str, str]
    codes: Mapping[str, str]
    stops: Mapping[str, tuple[RecentStop, ...]]
    may_make: bool
    may_work: bool


def worst_first(rows: Sequence[HealthRow]) -> tuple[HealthRow, ...]:
    """Return the rows by how soon they need somebody; machines of which nothing is known last."""
    unknown = (float("inf"), 1.0, 1.0, 1.0)
    return tuple(sorted(rows, key=lambda row: unknown if row.health is None else row.health.rank))


def repair_minutes(orders: Sequence[WorkOrder], machine: str) -> tuple[int, int]:
    """Return how many repairs of a machine were closed with a failure code, and the minutes of work they took."""
    own = [
        o.minutes for o in orders if o.machine == machine and o.state == "done" and o.kind == "corrective" and o.code
    ]
    return len(own), sum(own)


def repair_offer(stop: str, machine: str, orders: Sequence[WorkOrder]) -> RepairOffer:
    """Return which of a machine's orders repair a stop, and which may be said to: those that name none."""
    free = tuple(order for order in orders if order.stop is None and order.state != "cancelled")
    return RepairOffer(stop, machine, tuple(order for order in orders if order.stop == stop), free)
