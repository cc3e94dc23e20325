"""The maintenance page's board, cut to what a person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.boards.maintenance import HealthRow, MaintenanceBoard, OrderCard, repair_minutes, worst_first
from app.commands.ground import Ground
from app.commands.work_stops import recent_stops
from app.domain.accounting.reliability import mttr_with_interval
from app.domain.decisions.health import Health
from app.domain.decisions.work import Due, WorkOrder, WorkPlan, due, failure_codes
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import WorkCenter, WorkUnit
from app.domain.roles import Identity, Permission, may
from app.historian.work_orders import WorkOrders
from app.historian.work_plans import Healths, WorkPlans
from app.historian.work_slots import Slots, slots_of

DONE_SHOWN_MS, REPAIRS_MS = 7 * DAY_MS, 35 * DAY_MS
Units = Sequence[tuple[WorkCenter, WorkUnit]]


def maintenance_board(ground: Ground, who: Identity, place: str, units: Units) -> MaintenanceBoard:
    """Return health, orders and plans of machines with their lines, at least one. Raises DatabaseAway."""
    now, paths = ground.now(), [machine.path for _, machine in units]
    orders = WorkOrders(ground.database).of(paths, now - REPAIRS_MS)
    shown = [order for order in orders if is_shown(order, now)]
    healths = Healths(ground.database).of(paths)
    rows = [_row(line, machine, healths.get(machine.path), orders) for line, machine in units]
    plans = WorkPlans(ground.database).of(paths)
    may_make = may(who, Permission.MAKE_WORK_ORDER, place)
    return MaintenanceBoard(
        place=place,
        zone=units[0][0].zone,
        at=now,
        rows=worst_first(rows),
        cards=_cards(ground, units, shown, slots_of(ground.database, ground.plant(), now, orders)),
        plans=tuple(sorted((_due(plan, healths, now) for plan in plans), key=lambda d: -d.used)),
        machines={m.path: f"{line.name} \u203a {m.name}" for line, m in units},
        codes=failure_codes(ground.plant().reasons),
        stops=recent_stops(ground, sorted({order.machine for order in shown})) if may_make else {},
        may_make=may_make,
        may_work=may(who, Permission.DO_WORK, place),
    )


def _cards(ground: Ground, units: Units, orders: Sequence[WorkOrder], slots: Slots) -> tuple[OrderCard, ...]:
    places = {machine.path: (line, machine) for line, machine in units}
    steps = WorkOrders(ground.database).history([order.number for order in orders])
    found = []
    for order in sorted(orders, key=lambda o: (o.priority, o.slot_from or 0, -o.number)):
        line, machine = places[order.machine]
        slot = _slot(line, order, slots)
        card = OrderCard(order, machine.name, line.name, slot, tuple(steps[order.number]))
        if slot is not None:
            card = replace(card, costs_ms=slots.costs(line, slot), in_change_over=slots.is_change_over(line, slot))
        found.append(card)
    return tuple(found)


def _slot(line: WorkCenter, order: WorkOrder, slots: Slots) -> Interval | None:
    if order.state == "open":
        return slots.next(line, order)
    if order.state != "planned" or order.slot_from is None or order.slot_to is None:
        return None
    return Interval(order.slot_from, order.slot_to)


def is_shown(order: WorkOrder, now: int) -> bool:
    """Return whether an order is on the board: it waits, or was done in the last week."""
    return order.state in ("open", "planned", "in_work") or (
        order.state == "done" and (order.done_at or 0) >= now - DONE_SHOWN_MS
    )


def _row(line: WorkCenter, machine: WorkUnit, health: Health | None, orders: Sequence[WorkOrder]) -> HealthRow:
    repairs, minutes = repair_minutes(orders, machine.path)
    stops = None if health is None else mttr_with_interval(health.repair_ms, health.repairs)
    closed = mttr_with_interval(minutes * MINUTE_MS, repairs)
    return HealthRow(machine.path, machine.name, line.name, health, stops, closed)


def _due(plan: WorkPlan, healths: Mapping[str, Health], now: int) -> Due:
    health = healths.get(plan.machine)
    run_h = 0.0 if health is None else health.run_ms_per_day / HOUR_MS
    per_day = run_h if plan.every_run_h is not None else 0.0 if health is None else health.cycles_per_day
    return due(plan, per_day * (now - plan.last_at) / DAY_MS, per_day, now)
