"""The demand and the schedule: looked at, replanned, accepted; orders at risk are helped. Within people's scope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.boards.schedule import NextOrder, ScheduleBoard
from app.commands.demand import reader_for, take_demand, touches
from app.commands.ground import Ground
from app.commands.next_order import next_order_on
from app.commands.remedy import helped
from app.commands.schedule_view import View
from app.domain.decisions.demand import Taken
from app.domain.decisions.late import remedy_of
from app.domain.decisions.remedies import Costs, Remedy
from app.domain.plant.equipment import Site
from app.domain.roles import Identity, Permission, in_scope
from app.domain.suggestion import Plain, Suggestion
from app.historian.demand import Counted, DemandBook, Known
from app.historian.plans import PlanRow, Plans

MOST_TEXT = 2_000_000
MOST_COST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class ScheduleDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground

    def board(self, who: Identity, site: str | None = None, plan: str | None = None) -> ScheduleBoard:
        """Return the page of a site; None: the first they see. plan: as View.board has it.

        Raises Forbidden, NotFound, DatabaseAway.
        """
        return View(self.ground, who).board(self.site(who, site), plan)

    def site(self, who: Identity, path: str | None) -> Site:
        """Return a site of which they see something. Raises Forbidden, NotFound."""
        require(who, Permission.SEE_HISTORY)
        seen = [s for s in self.ground.plant().sites if any(in_scope(who, m.path) for a in s.areas for m in a.lines)]
        found = next((s for s in seen if path in (None, "", s.path)), None)
        if found is None:
            raise NotFound("schedule.refused.site", site=path or "")
        return found

    def demand(self, who: Identity) -> list[Known]:
        """Return what is wanted of lines they see, by due time. Raises Forbidden, DatabaseAway."""
        require(who, Permission.SEE_HISTORY)
        return [known for known in DemandBook(self.ground.database).all() if touches(who, known.wanted.place)]

    def take_csv(self, who: Identity, text: str, source: str = "") -> tuple[Taken, Counted]:
        """Take the good rows of a CSV; return what was wrong. Raises Forbidden, Invalid, NotFound, DatabaseAway."""
        reader = reader_for(self.ground, who, source)
        if len(text) > MOST_TEXT:
            raise Invalid("schedule.refused.long", most=MOST_TEXT)
        return take_demand(self.ground, who, reader.csv(text))

    def take_rows(self, who: Identity, rows: Iterable[Mapping[str, object]]) -> tuple[Taken, Counted]:
        """Take the good ones of rows, as `take_csv`."""
        return take_demand(self.ground, who, reader_for(self.ground, who, "").rows(rows))

    def replan(self, who: Identity, site: str) -> int:
        """Ask for a plan; return its number. Raises Forbidden, NotFound, DatabaseAway."""
        found, now = self.site(who, site), self.ground.now()
        require(who, Permission.PLAN_ORDERS, found.path)
        stand = DemandBook(self.ground.database).stand()
        number = Plans(self.ground.database).ask(found.path, stand, now, who.name)
        self.ground.trail.write(now, who.name, "schedule.replan", found.path, f"plan {number}")
        return number

    def accept(self, who: Identity, plan: int, saw: int | None) -> None:
        """Make a plan the one the site works by. saw: the one they saw it work by.

        Raises Forbidden, NotFound, Invalid (not finished), Conflict (another was accepted; demand has changed).
        """
        plans = Plans(self.ground.database)
        row = plans.get(plan)
        if row is None:
            raise NotFound("schedule.refused.plan", plan=plan)
        require(who, Permission.PLAN_ORDERS, row.site)
        if row.state != "done" or row.solved is None:
            raise Invalid("schedule.refused.unfinished", plan=plan)
        if row.demand != DemandBook(self.ground.database).stand():
            raise Conflict("schedule.refused.stale", plan=plan)
        self._accept(plans, row, saw, who)

    def act(self, who: Identity, suggestion: Suggestion) -> str:
        """Do what helps an order at risk: a new accepted plan. Returns `plan 12`.

        Raises Forbidden, NotFound, Invalid, Conflict (the order is no longer planned like that), DatabaseAway.
        """
        payload = suggestion.payload
        found = self.site(who, str(payload.get("site")))
        require(who, Permission.PLAN_ORDERS, found.path)
        about = str(payload.get("plan"))
        if not about.isdecimal():
            raise Invalid("schedule.refused.remedy")
        return self.help(who, int(about), _read_remedy(payload))

    def help(self, who: Identity, about: int, remedy: Remedy) -> str:
        """Change plan `about` by a remedy and accept it. Returns and raises as `act`."""
        plans, now = Plans(self.ground.database), self.ground.now()
        row = plans.get(about)
        if row is None or row.solved is None:
            raise NotFound("schedule.refused.plan", plan=about)
        require(who, Permission.PLAN_ORDERS, row.site)
        held = plans.accepted(row.site)
        if held is not None and held.id != about:
            raise Conflict("schedule.refused.other", by=held.accepted_by)
        solved = helped(self.ground, who, row.site, row.solved, remedy)
        number = plans.put(row.site, DemandBook(self.ground.database).stand(), solved, now, who.name)
        made = plans.get(number)
        if made is None:
            raise NotFound("schedule.refused.plan", plan=number)
        self._accept(plans, made, None if held is None else held.id, who)
        return f"plan {number}"

    def help_as(self, who: Identity, about: int, said: Mapping[str, Plain]) -> str:
        """Do a remedy as a page says it: kind, order, line, position, day, shift. Returns and raises as `act`."""
        payload = {
            **said,
            "remedy": said.get("kind"),
            "day": said.get("day") or None,
            "shift": said.get("shift") or None,
        }
        return self.help(who, about, _read_remedy(payload))

    def set_costs_as(self, who: Identity, site: str, said: Mapping[str, str]) -> None:
        """Keep prices as a form says them. Raises as `set_costs`."""
        try:
            costs = Costs(*(float(said[name]) for name in ("extra_hour", "setup_hour", "late_hour")))
        except (KeyError, ValueError) as error:
            raise Invalid("schedule.refused.costs", most=MOST_COST) from error
        self.set_costs(who, site, costs)

    def set_costs(self, who: Identity, site: str, costs: Costs) -> None:
        """Keep what things cost at a site. Raises Forbidden, NotFound, Invalid, DatabaseAway."""
        found = self.site(who, site)
        require(who, Permission.PLAN_ORDERS, found.path)
        each = (costs.extra_hour, costs.setup_hour, costs.late_hour)
        if not all(0 <= cost <= MOST_COST for cost in each):
            raise Invalid("schedule.refused.costs", most=MOST_COST)
        Plans(self.ground.database).put_costs(found.path, costs)
        said = f"extra {each[0]} set-up {each[1]} late {each[2]} an hour"
        self.ground.trail.write(self.ground.now(), who.name, "schedule.costs", found.path, said)

    def next_order(self, who: Identity, line: str) -> NextOrder | None:
        """Return what the accepted plan has next for a line; None: nothing. Raises Forbidden, DatabaseAway."""
        require(who, Permission.SEE_LIVE, line)
        return next_order_on(self.ground, line)

    def _accept(self, plans: Plans, row: PlanRow, saw: int | None, who: Identity) -> None:
        now = self.ground.now()
        if not plans.accept(row.id, row.site, saw, now, who.name):
            held = plans.accepted(row.site)
            raise Conflict("schedule.refused.other", by=held.accepted_by if held else "")
        self.ground.trail.write(now, who.name, "schedule.accept", row.site, f"plan {row.id} in place of {saw}")


def _read_remedy(payload: Mapping[str, Plain]) -> Remedy:
    try:
        return remedy_of(payload)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("schedule.refused.remedy") from error
