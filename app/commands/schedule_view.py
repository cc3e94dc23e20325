"""The schedule page's board, cut to what a person may see."""

from dataclasses import dataclass, replace

from app.boards.schedule import Bar, LineBars, OrderRow, PlanHead, RiskRow, ScheduleBoard
from app.commands.demand import touches
from app.commands.ground import Ground
from app.domain.decisions.demand import Wanted
from app.domain.decisions.remedies import MOST_REMEDIED, Solved
from app.domain.decisions.schedule import Assignment
from app.domain.decisions.worktime import open_windows
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Site, WorkCenter
from app.domain.roles import Identity, Permission, covers, in_scope, may
from app.historian.demand import DemandBook
from app.historian.plans import PlanRow, Plans
from app.live.capability import lines_of

SHOWN_MS = 9 * DAY_MS
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class View:
    """Looks for one person."""

    ground: Ground
    who: Identity

    def board(self, site: Site, plan: str | None = None) -> ScheduleBoard:
        """Return the page of a site: a newer proposal, else the accepted plan. Raises DatabaseAway.

        plan: `accepted` for the one the site works by although there is a newer one.
        """
        plans, book, plant = Plans(self.ground.database), DemandBook(self.ground.database), self.ground.plant()
        held, newest, stand = plans.accepted(site.path), plans.newest(site.path), book.stand()
        newer = newest if newest is not None and newest.solved is not None else None
        shown = held if newer is None or (plan == ACCEPTED and held is not None) else newer
        lines = [line for line in lines_of(plant, site.path) if in_scope(self.who, line.path)]
        solved = None if shown is None else shown.solved
        here = [known.wanted for known in book.all() if covers(site.path, known.wanted.place)]
        wanted = [one for one in here if touches(self.who, one.place)]
        is_working = newest is not None and newest.state in ("asked", "solving")
        return ScheduleBoard(
            site.path,
            {s.path: s.name for s in plant.sites if any(in_scope(self.who, m.path) for m in lines_of(plant, s.path))},
            site.zone,
            self.ground.now(),
            None if shown is None else _head(shown, stand),
            _head(newest, stand) if newest is not None and is_working else None,
            None if held is None else held.id,
            tuple(self._line(line, solved, wanted) for line in lines),
            self._risks(lines, solved),
            self._orders(lines, solved, wanted),
            {line.path: line.name for line in lines},
            plans.costs(site.path),
            may_plan=may(self.who, Permission.PLAN_ORDERS, site.path),
            may_add=may(self.who, Permission.PLAN_ORDERS),
            proposal=newer.id if newer is not None and held is not None and newer.id != held.id else None,
            may_extra=frozenset(m.path for m in lines if may(self.who, Permission.EDIT_CLOSED, m.path)),
        )

    def _line(self, line: WorkCenter, solved: Solved | None, wanted: list[Wanted]) -> LineBars:
        now = self.ground.now()
        view = Interval(now, now + SHOWN_MS)
        ends = [now, *(t for part in open_windows(line.calendar, view) for t in part), view.end]
        closed = [Interval(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if b > a]
        due = {one.order: one.due for one in wanted}
        products = {one.order: one.product for one in (solved.orders if solved else ())}
        products |= {one.order: one.product for one in wanted}
        own = [a for a in (solved.plan.assignments if solved else ()) if a.line == line.path]
        bars = tuple(self._bar(a, products.get(a.order, ""), due.get(a.order)) for a in own if a.end > now)
        return LineBars(line.path, line.name, tuple(closed), bars)

    def _bar(self, a: Assignment, product: str, due: int | None) -> Bar:
        found = self.ground.plant().products.get(product)
        name = product if found is None else found.name
        return Bar(a.order, name, a.setup_start, a.start, a.end, a.low, a.high, due, a.running)

    def _risks(self, lines: list[WorkCenter], solved: Solved | None) -> tuple[RiskRow, ...]:
        if solved is None:
            return ()
        seen, orders = {line.path for line in lines}, {one.order: one for one in solved.orders}
        products = self.ground.plant().products
        return tuple(
            RiskRow(
                r.order,
                products[orders[r.order].product].name,
                r.line,
                orders[r.order].due,
                r.late_ms,
                r.remedies,
                number < MOST_REMEDIED,
            )
            for number, r in enumerate(solved.risks)
            if r.line in seen and r.order in orders and orders[r.order].product in products
        )

    def _orders(self, lines: list[WorkCenter], solved: Solved | None, wanted: list[Wanted]) -> tuple[OrderRow, ...]:
        seen = {line.path for line in lines}
        places = {a.order: a for a in (solved.plan.assignments if solved else ()) if a.line in seen}
        whys = {u.order: u.why for u in (solved.plan.unplanned if solved else ())}
        products = self.ground.plant().products
        found = []
        for one in wanted:
            name = products[one.product].name if one.product in products else one.product
            said = (one.order, name, one.quantity, one.due, one.priority, one.kind, one.state, one.source)
            at = places.get(one.order)
            row = OrderRow(*said, why=whys.get(one.order))
            found.append(row if at is None else replace(row, line=at.line, end=at.end, low=at.low, high=at.high))
        return tuple(found)


def _head(row: PlanRow, stand: str) -> PlanHead:
    said = (row.id, row.state, row.progress, row.asked_by, row.asked_at, row.accepted_at, row.accepted_by)
    stale, solved = row.state == "done" and row.demand != stand, row.solved
    if solved is None:
        return PlanHead(*said, stale=stale)
    made = (solved.made_cost, solved.greedy, solved.bound, solved.seconds, solved.method)
    planned = sum(not a.running for a in solved.plan.assignments)
    return PlanHead(*said, solved.at, *made, stale=stale, planned=planned, assumed=solved.assumed)
