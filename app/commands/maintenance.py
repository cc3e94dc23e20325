"""Work orders and what machines' health says: look, make, plan, start, close, cancel; every change by whom."""

from dataclasses import dataclass, replace

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.boards.maintenance import MaintenanceBoard, RepairOffer, repair_offer
from app.commands.ground import Ground
from app.commands.maintenance_view import REPAIRS_MS, maintenance_board
from app.commands.work_stops import check_stop, is_stop
from app.commands.work_wanted import checked_minutes, checked_order, checked_plan, from_suggestion
from app.domain.decisions.work import (
    LONGEST_TEXT,
    MOVES,
    Done,
    OrderWanted,
    PlanWanted,
    State,
    WorkOrder,
    WorkPlan,
    failure_codes,
)
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, UnknownEquipment, WorkCenter, WorkUnit
from app.domain.roles import Identity, Permission, covers, in_scope, may
from app.domain.suggestion import Suggestion
from app.historian.suggestions import Suggestions
from app.historian.work_orders import WorkOrders
from app.historian.work_plans import WorkPlans
from app.historian.work_slots import Slots, slots_of


@dataclass(frozen=True, slots=True)
class MaintenanceDesk:
    """Looks and acts for a person, within their scope. Everything raises Forbidden, NotFound and DatabaseAway."""

    ground: Ground

    def board(self, who: Identity, place: str) -> MaintenanceBoard:
        """Return health, orders and plans of an area, line or machine."""
        require(who, Permission.SEE_HISTORY, place)
        units = self._units(who, place)
        if not units:
            raise NotFound("maintenance.no_place")
        return maintenance_board(self.ground, who, place, units)

    def orders(self, who: Identity, place: str) -> list[WorkOrder]:
        """Return the orders of a place: all that are not over, the others if ended in the last 35 days."""
        require(who, Permission.SEE_HISTORY, place)
        paths = [machine.path for _, machine in self._units(who, place)]
        return WorkOrders(self.ground.database).of(paths, self.ground.now() - REPAIRS_MS)

    def make(self, who: Identity, wanted: OrderWanted) -> int:
        """Make an order by hand; return its number. Raises Invalid."""
        _, machine = self._machine(wanted.machine)
        require(who, Permission.MAKE_WORK_ORDER, machine.path)
        if wanted.stop is not None:
            check_stop(self.ground, machine.path, wanted.stop)
        return self._keep(who, checked_order(wanted, machine.path, who.name, self.ground.now()))

    def made_of(self, who: Identity, key: str) -> int | None:
        """Return the order made from a suggestion; None: it is still to be decided on. Raises Invalid."""
        kept = Suggestions(self.ground.database).get(key[:LONGEST_TEXT])
        if kept is None or not in_scope(who, kept.suggestion.equipment):
            raise NotFound("maintenance.no_suggestion")
        if kept.suggestion.action != "work_order":
            raise Invalid("maintenance.no_order_suggested")
        return WorkOrders(self.ground.database).number_of(key)

    def act(self, who: Identity, suggestion: Suggestion) -> str:
        """Make the order that an accepted suggestion asks for; return its number as text. Twice gives one order."""
        _, machine = self._machine(suggestion.equipment)
        require(who, Permission.MAKE_WORK_ORDER, machine.path)
        return str(self._keep(who, from_suggestion(suggestion, machine.path, who.name, self.ground.now())))

    def plan(self, who: Identity, number: int, seen: int, slot: Interval | None = None) -> None:
        """Give an order a time: this one, or the next slot of its line that costs no planned time. Raises Conflict."""
        order = self._order(who, number)
        line, slots = self._machine(order.machine)[0], self._slots(order)
        wanted = slots.next(line, order) if slot is None else slot
        if wanted is None:
            raise Invalid("maintenance.no_slot")
        if wanted.length <= 0 or wanted.end <= self.ground.now():
            raise Invalid("maintenance.bad_slot")
        self._move(who, slots.tied(line, order, wanted), "planned", seen)

    def plan_at(self, who: Identity, number: int, seen: int, start: int) -> None:
        """Give an order a time from `start` (UTC ms) on, as long as it should take. Raises Conflict, Invalid."""
        order = self._order(who, number)
        self.plan(who, number, seen, Interval(start, start + order.minutes * MINUTE_MS))

    def start(self, who: Identity, number: int, seen: int) -> None:
        """Begin the work. Raises Conflict."""
        order = self._order(who, number)
        self._move(who, replace(order, started_at=self.ground.now()), "in_work", seen)

    def done(self, who: Identity, number: int, seen: int, done: Done) -> None:
        """Close it with what it was (a failure of the reason tree) and how long it took. Raises Conflict, Invalid."""
        order = self._order(who, number)
        if done.code not in failure_codes(self.ground.plant().reasons):
            raise Invalid("maintenance.bad_code")
        note = _note(done.note) or order.note
        minutes = checked_minutes(done.minutes)
        closed = replace(order, code=done.code, minutes=minutes, note=note, done_at=self.ground.now())
        self._move(who, closed, "done", seen, f"{done.code} {minutes} min")

    def cancel(self, who: Identity, number: int, seen: int, note: str = "") -> None:
        """Give it up. Raises Conflict."""
        order = self._order(who, number)
        self._move(who, replace(order, note=_note(note) or order.note), "cancelled", seen)

    def attach_stop(self, who: Identity, number: int, seen: int, episode: str) -> None:
        """Say which stop of its machine the order repairs: it counts as a repair from then on. Raises Conflict."""
        order = self._order(who, number, Permission.MAKE_WORK_ORDER)
        check_stop(self.ground, order.machine, episode)
        self._write(who, replace(order, stop=episode, kind="corrective"), seen, "stop", episode)

    def repair(self, who: Identity, stop: str) -> RepairOffer | None:
        """Return which orders a stop can be attached to; None: it is no stop to repair, or not theirs to say so."""
        machine = stop.rpartition("@")[0]
        if not may(who, Permission.MAKE_WORK_ORDER, machine) or not is_stop(self.ground, machine, stop):
            return None
        return repair_offer(stop, machine, self.orders(who, machine))

    def add_plan(self, who: Identity, wanted: PlanWanted) -> int:
        """Keep work that is due again and again; return its id. Raises Invalid."""
        _, machine = self._machine(wanted.machine)
        require(who, Permission.DO_WORK, machine.path)
        plan = checked_plan(wanted, machine.path, self.ground.now())
        self._trail(who, "plan", machine.path, plan.task)
        return WorkPlans(self.ground.database).add(plan)

    def plan_done(self, who: Identity, plan: int) -> None:
        """Say that a plan's work was done now: its interval begins anew."""
        found = self._plan(who, plan)
        self._trail(who, "plan_done", found.machine, found.task)
        WorkPlans(self.ground.database).done(plan, self.ground.now())

    def drop_plan(self, who: Identity, plan: int) -> None:
        """Forget a plan."""
        found = self._plan(who, plan)
        self._trail(who, "plan_dropped", found.machine, found.task)
        WorkPlans(self.ground.database).drop(plan)

    def _units(self, who: Identity, place: str) -> list[tuple[WorkCenter, WorkUnit]]:
        lines = [line for line in self.ground.plant().lines() if in_scope(who, line.path)]
        return [(line, m) for line in lines for m in line.machines if covers(place, m.path)]

    def _machine(self, name: str) -> tuple[WorkCenter, WorkUnit]:
        try:
            line, machine = self.ground.plant().resolve(name)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound(str(error)) from error
        return line, machine or line.machine(line.constraint)

    def _order(self, who: Identity, number: int, permission: Permission = Permission.DO_WORK) -> WorkOrder:
        order = WorkOrders(self.ground.database).get(number)
        if order is None or not in_scope(who, order.machine):
            raise NotFound("maintenance.no_order")
        require(who, permission, order.machine)
        return order

    def _plan(self, who: Identity, plan: int) -> WorkPlan:
        found = WorkPlans(self.ground.database).get(plan)
        if found is None or not in_scope(who, found.machine):
            raise NotFound("maintenance.no_plan")
        require(who, Permission.DO_WORK, found.machine)
        return found

    def _keep(self, who: Identity, order: WorkOrder) -> int:
        proposed = self._slots(order).next(self._machine(order.machine)[0], order)
        if proposed is not None:
            order = replace(order, slot_from=proposed.start, slot_to=proposed.end)
        self._trail(who, "make", order.machine, order.title)
        return WorkOrders(self.ground.database).add(order)

    def _slots(self, order: WorkOrder) -> Slots:
        database, now = self.ground.database, self.ground.now()
        return slots_of(database, self.ground.plant(), now, WorkOrders(database).of([order.machine], now))

    def _move(self, who: Identity, order: WorkOrder, to: State, seen: int, detail: str = "") -> None:
        is_new_plan = to == order.state == "planned"
        if to not in MOVES[order.state] and not is_new_plan:
            raise Conflict("maintenance.is_already", state=order.state)
        self._write(who, replace(order, state=to), seen, to, detail)

    def _write(self, who: Identity, order: WorkOrder, seen: int, what: str, detail: str) -> None:
        now = self.ground.now()
        if order.version != seen:
            raise Conflict("maintenance.changed")
        self._trail(who, what, order.machine, f"{order.number} {detail}".strip())
        if not WorkOrders(self.ground.database).change(order, seen, (now, who.name, what, detail)):
            raise Conflict("maintenance.changed")

    def _trail(self, who: Identity, what: str, where: str, detail: str) -> None:
        self.ground.trail.write(self.ground.now(), who.name, f"maintenance.{what}", where, detail)


def _note(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        raise Invalid("maintenance.too_long", most=LONGEST_TEXT)
    return text.strip() or None
