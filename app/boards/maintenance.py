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
    """An order with its history. proposed: the next slot it fits into, None: none found, or it has one."""

    order: WorkOrder
    machine_name: str
    line_name: str
    proposed: Interval | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class MaintenanceBoard:
    """The page. at: UTC ms; machines: path -> name of those of the place; codes: reason leaves that are failures.

    may_make, may_work: what the person may do here.
    """

    place: str
    zone: str
    at: int
    rows: tuple[HealthRow, ...]
    cards: tuple[OrderCard, ...]
    plans: tuple[Due, ...]
    machines: Mapping[str, str]
    codes: Mapping[str, str]
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
