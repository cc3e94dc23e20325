"""The schedule end to end on a database: demand in, planned, accepted, late orders suggested and helped, withdrawn."""

from dataclasses import replace

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components
from app.domain.accounting.facts import HourFact
from app.domain.decisions.schedule import Pace
from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.roles import Identity, Role
from app.domain.suggestion import Decision
from app.historian.demand import DemandBook
from app.historian.pace import paces
from app.historian.plans import Plans
from app.historian.suggestions import Suggestions
from app.historian.writer import write
from app.live.capability import Looking
from tests.makers import a_plant
from tests.schedule_rig import HEAD, LINE, NO_BOARDS, NOW, OPERATOR, OTHER, PLANNER, Rig, at


@pytest.fixture
def rig(db) -> Rig:
    return Rig(db)


def test_demand_is_kept_once_with_its_versions(db) -> None:
    rig = Rig(db)
    rig.add(f"A,cola,3600,{at(9)},2", f"B,water,3600,{at(9)},1")
    _, counted = rig.desk.take_csv(PLANNER, f"{HEAD}A,cola,3600,{at(9)},2\nB,water,7200,{at(9)},1")
    assert tuple(counted) == (0, 1, 1)
    known = {k.wanted.order: (k.wanted.quantity, k.version, k.by) for k in DemandBook(db).all()}
    assert known == {"A": (3600, 1, "ada"), "B": (7200, 2, "ada")}
    rig.desk.take_rows(PLANNER, [{"order": "A", "product": "cola", "quantity": 1, "due": at(9), "state": "cancelled"}])
    assert [k.wanted.order for k in DemandBook(db).all()] == ["B"]
    assert [row[2] for row in rig.trail.rows] == ["schedule.demand"] * 3


def test_a_plan_is_made_accepted_and_offered_to_its_line(rig) -> None:
    rig.add(f"A,cola,3600,{at(3)},1", f"B,water,3600,{at(1)},1")
    assert rig.desk.board(PLANNER).head is None
    number = rig.planned()
    board = rig.desk.board(PLANNER)
    assert (board.head.state, board.head.accepted_by, board.saw) == ("done", None, None)
    assert [bar.order for bar in board.lines[0].bars] == ["B", "A"]
    assert rig.desk.next_order(OPERATOR, LINE) is None
    rig.desk.accept(PLANNER, number, None)
    found = rig.desk.next_order(OPERATOR, LINE)
    assert (found.order, found.product, found.quantity, found.due, found.wait_ms) == ("B", "water", 3600, at(1), 0)
    assert rig.trail.rows[-1][1:4] == ("ada", "schedule.accept", "site")


def test_the_second_of_two_planners_sees_what_the_first_accepted(rig) -> None:
    rig.add(f"A,cola,3600,{at(3)},1")
    first, second = rig.planned(), rig.planned()
    rig.desk.accept(PLANNER, first, None)
    with pytest.raises(Conflict, match="ada"):
        rig.desk.accept(OTHER, second, None)
    rig.desk.accept(OTHER, second, first)
    assert rig.desk.board(PLANNER).head.accepted_by == "bo"


def test_a_plan_of_other_demand_is_not_accepted(rig) -> None:
    rig.add(f"A,cola,3600,{at(3)},1")
    number = rig.planned()
    rig.add(f"B,cola,3600,{at(3)},1")
    assert rig.desk.board(PLANNER).head.stale
    with pytest.raises(Conflict):
        rig.desk.accept(PLANNER, number, None)


def test_an_unfinished_plan_is_not_accepted(rig) -> None:
    with pytest.raises(Invalid):
        rig.desk.accept(PLANNER, rig.desk.replan(PLANNER, "site"), None)


def test_an_order_at_risk_is_suggested_helped_and_withdrawn(rig) -> None:
    rig.add(f"A,cola,36000,{at(30)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    plans = Plans(rig.database)
    row = plans.accepted("site")
    rig.add(f"B,cola,3600,{at(2)},1")
    rig.later()  # the accepted plan does not know B yet: nothing is late
    assert Suggestions(rig.database).open(rig.now) == []
    floor = Looking(rig.database, NO_BOARDS).floor(a_plant(cycle="1s", timezone="UTC"), "site", rig.now)
    solved = replace(row.solved, plan=floor.plan({LINE: ("A", "B")}), orders=tuple(floor.demands.values()))
    number = plans.put("site", DemandBook(rig.database).stand(), solved, rig.now, "ada")
    rig.desk.accept(PLANNER, number, row.id)
    rig.later()
    (kept,) = Suggestions(rig.database).open(rig.now)
    assert (kept.suggestion.flow, kept.suggestion.payload["order"]) == ("schedule", "B")
    assert kept.suggestion.payload["remedy"] == "resequence"
    assert rig.desk.act(PLANNER, kept.suggestion).startswith("plan ")
    assert rig.desk.next_order(OPERATOR, LINE).order == "B"
    with pytest.raises(Conflict):
        rig.desk.act(PLANNER, kept.suggestion)
    rig.later()
    assert Suggestions(rig.database).open(rig.now) == []


def works_by(rig, *sequence: str) -> int:
    """Have somebody accept a plan with this sequence; return its number."""
    plans = Plans(rig.database)
    floor = Looking(rig.database, NO_BOARDS).floor(a_plant(cycle="1s", timezone="UTC"), "site", rig.now)
    held = plans.accepted("site")
    solved = replace(held.solved, plan=floor.plan({LINE: sequence}), orders=tuple(floor.demands.values()))
    number = plans.put("site", DemandBook(rig.database).stand(), solved, rig.now, "ada")
    rig.desk.accept(PLANNER, number, held.id)
    return number


def test_an_order_that_is_late_again_after_help_is_suggested_again(rig) -> None:
    rig.add(f"A,cola,36000,{at(30)},1", f"B,cola,3600,{at(2)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    store = Suggestions(rig.database)

    def late() -> list[str]:
        rig.later()
        return [kept.suggestion.key for kept in store.open(rig.now)]

    works_by(rig, "A", "B")
    (first,) = late()
    store.decide(Decision(first, "accepted", "ada", rig.now, None, "plan 9"))
    assert late() == [], "it was helped, and the plan has not changed yet"
    number = works_by(rig, "A", "B")
    assert late() == [f"{first}|{number}"]
    store.decide(Decision(f"{first}|{number}", "rejected", "ada", rig.now))
    assert late() == []


def test_who_may_not_plan_may_look_only(rig) -> None:
    rig.add(f"A,cola,3600,{at(3)},1")
    number = rig.planned()
    board = rig.desk.board(OPERATOR)
    assert (board.may_plan, board.may_add) == (False, False)
    for refused in (
        lambda: rig.desk.replan(OPERATOR, "site"),
        lambda: rig.desk.accept(OPERATOR, number, None),
        lambda: rig.desk.take_csv(OPERATOR, HEAD),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_planner_of_one_area_cannot_plan_the_site_nor_change_others_orders(rig) -> None:
    area = Identity("eve", Role.SUPERVISOR, ("site/area",))
    rig.add(f"A,cola,3600,{at(3)},1")
    taken, counted = rig.desk.take_csv(area, f"{HEAD}A,cola,1,{at(3)},1\nE,cola,1,{at(3)},1")
    assert [one.what.key for one in taken.wrong] == ["schedule.wrong.elsewhere"]
    assert counted.new == 1
    assert DemandBook(rig.database).get("E").wanted.place == "site/area"
    with pytest.raises(Forbidden):
        rig.desk.replan(area, "site")


def test_the_pace_is_of_the_last_shifts_without_set_up_and_needs_three(db) -> None:
    def shift(n: int, good: int) -> HourFact:
        start = NOW - (n + 1) * DAY_MS
        spent = [0] * 9
        spent[Bucket.RUNNING], spent[Bucket.SETUP] = HOUR_MS // 2, HOUR_MS // 2
        key = CellKey(LINE, start, f"2026-11-{20 - n:02}/early", "cola", None)
        return HourFact(LINE, start, 1, start + HOUR_MS, [Cell(key, Components(tuple(spent), good))], [])

    write(db, LINE, b"0-0", [shift(0, 400), shift(1, 600)], b"1-0", NOW)
    assert paces(db, LINE, NOW) == {}
    write(db, LINE, b"1-0", [shift(2, 500)], b"2-0", NOW)
    found = paces(db, LINE, NOW)["cola"]
    assert (found.per_h, found.shifts) == (1000.0, 3)
    assert round(found.spread, 6) == 0.2
    assert isinstance(found, Pace)


@pytest.mark.parametrize(("known", "is_counted"), [(0.1, False), (0.89, False), (0.95, True)])
def test_time_about_which_nothing_is_known_makes_no_line_slow(db, known: float, is_counted: bool) -> None:
    """While history comes in, or after an outage, a shift's unknown time is no time in which nothing was made."""

    def shift(n: int, part: float) -> HourFact:
        start, spent = NOW - (n + 1) * DAY_MS, [0] * 9
        spent[Bucket.RUNNING] = round(HOUR_MS * part)
        spent[Bucket.UNKNOWN] = HOUR_MS - spent[Bucket.RUNNING]
        key = CellKey(LINE, start, f"2026-11-{20 - n:02}/early", "cola", None)
        return HourFact(LINE, start, 1, start + HOUR_MS, [Cell(key, Components(tuple(spent), round(1000 * part)))], [])

    write(db, LINE, b"0-0", [*(shift(n, 1.0) for n in range(3)), shift(3, known)], b"1-0", NOW)
    found = paces(db, LINE, NOW)["cola"]
    assert (round(found.per_h), found.shifts) == (1000, 4 if is_counted else 3)
