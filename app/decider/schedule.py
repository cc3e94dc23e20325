"""The schedule's part of the decision loop: makes the plans people ask for, keeps the accepted one's predictions true.

A plan is asked for by a row in SQL (app.historian.plans); the best so far and how far it is are written there twice a
second. A kill in a plan leaves it `solving`; it is made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from app.boards.schedule import MACHINE
from app.decider.planner import NOTHING, Found, Planner
from app.domain.decisions.basis import assumed, has_moved, paces_used
from app.domain.decisions.late import anew, late_suggestions
from app.domain.decisions.remedies import ExtraShift, Solved, extra_shifts, risks
from app.domain.decisions.rests import floor_for, orders_of
from app.domain.decisions.schedule import Floor, Plan, sequences_of
from app.domain.interval import DAY_MS, MINUTE_MS
from app.domain.plant.equipment import Plant, Site
from app.historian.database import Database
from app.historian.demand import DemandBook
from app.historian.plans import PlanRow, Plans
from app.historian.suggestions import Suggestions
from app.live.capability import Looking, begun_and_made, lines_of
from app.live.snapshots import LastBoards

RETIME_MS = 20_000
REST_MS = 2 * MINUTE_MS
"""As long a plan rests before the machine proposes another because paces have changed: history may be coming in."""
SAY_S = 0.5
ANEW_MS = 42 * DAY_MS
"""As far as plans look ahead: how long help for an order is remembered."""


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
                so_far = Solved(best, began, None, None, 0.0, NOTHING, orders_of(floor))
                plans.say(row.id, "solving", progress, so_far, self.now())

        found = Planner(floor, say=say).solve()
        plans.say(row.id, "done", 1.0, self._solved(plant, site, floor, found), self.now())
        plans.stands_for(row.id, stand)
        self._retimed_at.pop(site.path, None)

    def _solved(self, plant: Plant, site: Site, floor: Floor, found: Found) -> Solved:
        costs, used = Plans(self.database).costs(site.path), paces_used(floor, found.plan)
        return Solved(
            plan=found.plan,
            at=floor.now,
            greedy=found.greedy,
            bound=found.bound,
            seconds=found.seconds,
            method=found.method,
            orders=orders_of(floor),
            risks=risks(floor, found.plan, self._extra(plant, site, floor.now), costs),
            made_cost=found.plan.cost,
            paces=used,
            assumed=assumed(used),
        )

    def _extra(self, plant: Plant, site: Site, now: int) -> dict[str, list[ExtraShift]]:
        return {line.path: extra_shifts(line.path, line.calendar, now) for line in lines_of(plant, site.path)}

    def _look_again(self, plant: Plant, site: Site, now: int) -> None:
        plans, book = Plans(self.database), DemandBook(self.database)
        floor = Looking(self.database, self.boards).floor(plant, site.path, now)
        self._move_on(floor, book)
        newest = plans.newest(site.path)
        row = plans.accepted(site.path) or newest
        if floor.demands and (newest is None or _is_outdated(newest, floor, now)):
            plans.ask(site.path, book.stand(), now, MACHINE)
        if newest is not None and row is not None and newest.id != row.id:
            self._retimed(plant, site, floor, newest, now)
        solved = self._retimed(plant, site, floor, row, now)
        if solved is not None and row is not None:
            self._suggest(site, solved, row.id, now)

    def _retimed(self, plant: Plant, site: Site, floor: Floor, row: PlanRow | None, now: int) -> Solved | None:
        """Keep a finished plan's predictions of now; None: it is not finished."""
        if row is None or row.solved is None or row.state != "done":
            return None
        solved = self._again(plant, site, floor, row.solved)
        Plans(self.database).retime(row.id, solved, now)
        return solved

    def _again(self, plant: Plant, site: Site, floor: Floor, was: Solved) -> Solved:
        """Return a plan with its sequences as they were and its times as they are predicted now."""
        sequences, costs = sequences_of(was.plan), Plans(self.database).costs(site.path)
        floor = floor_for(floor, sequences)
        plan = floor.plan(floor.kept(sequences))
        risky = risks(floor, plan, self._extra(plant, site, floor.now), costs)
        no_pace = assumed(paces_used(floor, plan))
        return replace(was, plan=plan, at=floor.now, orders=orders_of(floor), risks=risky, assumed=no_pace)

    def _move_on(self, floor: Floor, book: DemandBook) -> None:
        wanted = [known.wanted for known in book.all()]
        made = book.made(list(floor.lines), [one.order for one in wanted])
        for order, state in begun_and_made(floor, wanted, made).items():
            book.move(order, state)

    def _suggest(self, site: Site, solved: Solved, plan: int, now: int) -> None:
        store = Suggestions(self.database)
        helped = [kept.suggestion for kept in store.decided(now - ANEW_MS, ["accepted"])]
        found = anew(late_suggestions(site.path, plan, solved, now), helped, plan)
        store.put(found, now)
        others = {
            k.suggestion.key for k in store.open(now, "schedule") if k.suggestion.payload.get("site") != site.path
        }
        store.withdraw("schedule", {one.key for one in found} | others, now)


def _is_outdated(newest: PlanRow, floor: Floor, now: int) -> bool:
    """Whether the newest plan stands on paces that are no longer so."""
    if newest.state != "done" or newest.solved is None or now - newest.asked_at < REST_MS:
        return False
    return has_moved(newest.solved.paces, floor)
