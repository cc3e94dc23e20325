"""`/work-orders`: read, made and moved over REST, as JSON or CSV."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid
from app.commands.maintenance import MaintenanceDesk
from app.domain.decisions.work import USUAL_MIN, Done, OrderWanted, WorkOrder
from app.domain.events.contract import Millis
from app.domain.interval import Interval
from app.domain.roles import Identity
from app.rest import ask
from app.rest.exchange import LARGEST_NUMBER, Number, as_json, decoded
from app.rest.table import as_csv
from app.services import Services

Row = dict[str, object]


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order by hand; or `suggestion`, the key of one, and nothing else."""

    machine: str = ""
    title: str = ""
    why: str = ""
    priority: Number = 2
    kind: str = "corrective"
    minutes: Number = USUAL_MIN
    stop: str | None = None
    suggestion: str | None = None


class OrderPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What is done to it. version: as it was read; done: code, minutes.

    plan: slot, UTC ms; none: the next one; only slot_from: as long as the work should take.
    """

    do: Literal["plan", "start", "done", "cancel", "stop"]
    version: Number
    code: str = ""
    minutes: Number = 0
    note: str = ""
    stop: str = ""
    slot_from: Millis | None = None
    slot_to: Millis | None = None


@dataclass(frozen=True, slots=True)
class WorkOrdersApi:
    """The routes, one method each."""

    services: Services

    def list(self) -> Response:
        """GET /work-orders: orders of a place that are not over, and those ended in the last 35 days."""
        place = self.services.equipment(ask.equipment(request.args))
        found = [order_row(order) for order in self.services.loop.maintenance.orders(self.services.user(), place)]
        if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
            answer = Response(as_csv(found), content_type="text/csv; charset=utf-8")
            answer.headers["Content-Disposition"] = 'attachment; filename="work-orders.csv"'
            return answer
        return as_json({"work_orders": found})

    def make(self) -> Response:
        """POST /work-orders: make one by hand or from a suggestion."""
        body: NewOrder = decoded(NewOrder)
        desk, who = self.services.loop.maintenance, self.services.user()
        if body.suggestion is not None:
            return as_json({"number": self._of_suggestion(who, body.suggestion)}, 201)
        wanted = OrderWanted(body.machine, body.title, body.why, body.priority, body.kind, body.minutes, body.stop)
        return as_json({"number": desk.make(who, wanted)}, 201)

    def _of_suggestion(self, who: Identity, key: str) -> int:
        """Accept a suggestion, so that it is decided like any other; the same number when that was done before."""
        known = self.services.loop.maintenance.made_of(who, key)
        if known is not None:
            return known
        done = self.services.loop.decisions.decide(who, key, "accepted")
        if done.problem is not None:
            raise done.problem
        return int(done.decision.reference or 0)

    def change(self, number: int) -> Response:
        """PATCH /work-orders/{number}: plan, start, close, cancel, or name the stop it repairs."""
        body: OrderPatch = decoded(OrderPatch)
        desk, who = self.services.loop.maintenance, self.services.user()
        if body.do == "plan":
            _plan(desk, who, number, body)
        elif body.do == "start":
            desk.start(who, number, body.version)
        elif body.do == "done":
            desk.done(who, number, body.version, Done(body.code, body.minutes, body.note))
        elif body.do == "cancel":
            desk.cancel(who, number, body.version, body.note)
        else:
            desk.attach_stop(who, number, body.version, body.stop)
        return as_json({"number": number})


def _plan(desk: MaintenanceDesk, who: Identity, number: int, body: OrderPatch) -> None:
    if body.slot_from is None:
        if body.slot_to is not None:
            raise Invalid("maintenance.slot_without_start")
        desk.plan(who, number, body.version)
    elif body.slot_to is None:
        desk.plan_at(who, number, body.version, body.slot_from)
    else:
        desk.plan(who, number, body.version, Interval(body.slot_from, body.slot_to))


def add_routes(routes: Blueprint, api: WorkOrdersApi) -> None:
    """Add work orders to /api/v1."""
    routes.add_url_rule("/work-orders", "work_orders", api.list)
    routes.add_url_rule("/work-orders", "make_work_order", api.make, methods=["POST"])
    one = f"/work-orders/<int(max={LARGEST_NUMBER}):number>"
    routes.add_url_rule(one, "change_work_order", api.change, methods=["PATCH"])


def order_row(order: WorkOrder) -> Row:
    """Return an order; times UTC ms; its evidence is not part of it."""
    names = [name for name in WorkOrder.__dataclass_fields__ if name != "proof"]
    return {name: getattr(order, name) for name in names}
