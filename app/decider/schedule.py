"""The schedule's part of the decision loop: makes the plans people ask for, keeps the accepted one's predictions true.

A plan is asked for by a row in SQL (app.historian.plans); the best so far and how far it is are written there twice a
second. A kill in a plan leaves it `solving`; it is made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from app.decider.planner import NOTHING, Found, Planner
from app.domain.decisions.late import late_suggestions
from app.domain.decisions.remedies import ExtraShift, Solved, extra_shifts, risks
from app.domain.decisions.schedule import Floor, Plan, sequences_of
from app.domain.plant.equipment import Plant, Site
from app.domain.suggestion import Suggestion
from app.historian.database import Database
from app.historian.demand import DemandBook
from app.historian.plans import PlanRow, Plans
from app.historian.suggestions import Suggestions
from app.live.capability import Looking, begun_and_made, lines_of
from app.live.snapshots import LastBoards

RETIME_MS = 20_000
SAY_S = 0.5
MACHINE = "lineside"


@dataclass(slots=True)
class Scheduler:
    """Plans for every site of a plant. plant: as it is worked now."""

    plant: Callable[[], Plant]
    database: Database
    boards: LastBoards
    now: Callable[[], int]
    _retimed_at: dict[str, int] = field(default_factory=dict)

    def step(self, now: int) -> None:
        """Make what was asked for, oldest first; look again at accepted plans. Raises ServerAway, DatabaseAway."""
        plant, plans = self.plant(), Plans(self.database)
        for row in plans.waiting():
            site = next((site for site in plant.sites if site.path == row.site), None)
            if site is None:
                plans.say(row.id, "failed", 1.0, None, now)
            else:
                self._make(plant, site, row)
        for site in plant.sites:
            if now - self._retimed_at.get(site.path, 0) >= RETIME_MS:
                self._retimed_at[site.path] = now
                self._look_again(plant, site, now)

    def _make(self, plant: Plant, site: Site, row: PlanRow) -> None:
        plans, began, said = Plans(self.database), self.now(), [0.0]
        stand = DemandBook(self.database).stand()
        floor = Looking(self.database, self.boards).floor(plant, site.path, began)

        def say(progress: float, best: Plan) -> None:
            if monotonic() - said[0] >= SAY_S:
                said[0] = monotonic()
                so_far = Solved(best, began, best.cost, None, 0.0, NOTHING, tuple(floor.demands.values()))
                plans.say(row.id, "solving", progress, so_far, self.now())

        found = Planner(floor, say=say).solve()
        plans.say(row.id, "done", 1.0, self._solved(plant, site, floor, found), self.now())
        plans.stands_for(row.id, stand)
        self._retimed_at.pop(site.path, None)

    def _solved(self, plant: Plant, site: Site, floor: Floor, found: Found) -> Solved:
        orders, costs = tuple(floor.demands.values()), Plans(self.database).costs(site.path)
        risky = risks(floor, found.plan, self._extra(plant, site, floor.now), costs)
        return Solved(found.plan, floor.now, found.greedy, found.bound, found.seconds, found.method, orders, risky)

    def _extra(self, plant: Plant, site: Site, now: int) -> dict[str, list[ExtraShift]]:
        return {line.path: extra_shifts(line.path, line.calendar, now) for line in lines_of(plant, site.path)}

    def _look_again(self, plant: Plant, site: Site, now: int) -> None:
        plans, book = Plans(self.database), DemandBook(self.database)
        floor = Looking(self.database, self.boards).floor(plant, site.path, now)
        self._move_on(floor, book)
        row = plans.accepted(site.path) or plans.newest(site.path)
        if row is None and floor.demands:
            plans.ask(site.path, book.stand(), now, MACHINE)
        if row is None or row.solved is None or row.state != "done":
            return
        solved = self._again(plant, site, floor, row.solved)
        plans.retime(row.id, solved, now)
        self._suggest(site, solved, row.id, now)

    def _again(self, plant: Plant, site: Site, floor: Floor, was: Solved) -> Solved:
        """Return a plan with its sequences as they were and its times as they are predicted now."""
        plan, costs = floor.plan(floor.kept(sequences_of(was.plan))), Plans(self.database).costs(site.path)
        risky = risks(floor, plan, self._extra(plant, site, floor.now), costs)
        return replace(was, plan=plan, at=floor.now, orders=tuple(floor.demands.values()), risks=risky)

    def _move_on(self, floor: Floor, book: DemandBook) -> None:
        wanted = [known.wanted for known in book.all()]
        made = book.made(list(floor.lines), [one.order for one in wanted])
        for order, state in begun_and_made(floor, wanted, made).items():
            book.move(order, state)

    def _suggest(self, site: Site, solved: Solved, plan: int, now: int) -> None:
        found: list[Suggestion] = late_suggestions(site.path, plan, solved, now)
        store = Suggestions(self.database)
        store.put(found, now)
        others = {
            k.suggestion.key for k in store.open(now, "schedule") if k.suggestion.payload.get("site") != site.path
        }
        store.withdraw("schedule", {one.key for one in found} | others, now)
