"""What runs now and how fast lines really are: in the plan, in what is at risk, and on the line's screen."""

from dataclasses import replace

import pytest
from dash import html

from app.auth.guard import Conflict
from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components
from app.domain.accounting.facts import HourFact
from app.domain.decisions.remedies import Remedy
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.historian.demand import DemandBook
from app.historian.plans import Plans
from app.historian.suggestions import Suggestions
from app.historian.writer import write
from layouts.engineer.schedule import result
from tests.pages.test_pages import mark, parts
from tests.schedule_rig import LINE, NOW, OPERATOR, PLANNER, Boards, Rig, at

SECOND = "site/area/line-2"
AWAY = Remedy("other_line", "A", SECOND, 0, 0, 0, 0, 0.0, 0.0)


def told(rig: Rig, line: str, product: str, per_h: int) -> None:
    """Three shifts of history of a product on a line."""
    facts = []
    for n in range(3):
        start = NOW - (n + 1) * DAY_MS
        spent = [0] * 9
        spent[Bucket.RUNNING] = HOUR_MS
        key = CellKey(line, start, f"2026-11-{20 - n:02}/early", product, None)
        facts.append(HourFact(line, start, 1, start + HOUR_MS, [Cell(key, Components(tuple(spent), per_h))], []))
    write(rig.database, line, b"0-0", facts, b"1-0", NOW)


def test_the_next_order_comes_when_the_running_one_is_done(db) -> None:
    rig = Rig(db, boards=Boards({LINE: ("R", "cola", 3600, 10_800, None)}))
    rig.add(f"A,water,3600,{at(9)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    found = rig.desk.next_order(OPERATOR, LINE)
    assert (found.order, found.name, found.wait_ms) == ("A", "water", 2 * HOUR_MS)
    rig.boards.orders[LINE] = ("R", "cola", 7200, 10_800, None)
    rig.later()
    assert rig.desk.next_order(OPERATOR, LINE).wait_ms == HOUR_MS
    rig.now += 10 * MINUTE_MS  # nobody has predicted anything since
    assert rig.desk.next_order(OPERATOR, LINE).wait_ms is None


def test_an_order_without_a_quantity_ends_nobody_knows_when(db) -> None:
    rig = Rig(db, boards=Boards({LINE: ("R", "cola", 3600, 10_800, None)}))
    rig.add(f"A,water,3600,{at(9)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    rig.boards.orders[LINE] = ("Q", "cola", 0, None, None)
    rig.later()
    assert rig.desk.next_order(OPERATOR, LINE).wait_ms is None


def test_an_order_already_on_the_line_is_not_its_next(db) -> None:
    rig = Rig(db)
    rig.add(f"A,cola,3600,{at(1)},1", f"B,cola,3600,{at(9)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    rig.boards.orders[LINE] = ("A", "cola", 10, 3600, None)
    assert rig.desk.next_order(OPERATOR, LINE).order == "B"


@pytest.mark.parametrize("due_by", ["demand", "line"])
def test_a_running_order_that_will_be_late_is_found_and_its_rest_goes_to_another_line(db, due_by) -> None:
    due = at(2)  # four hours of work at best; this line takes eight
    rig = Rig(db, boards=Boards({LINE: ("R", "cola", 3600, 18_000, due if due_by == "line" else None)}), lines=2)
    told(rig, LINE, "cola", 1800)
    if due_by == "demand":
        rig.add(f"R,cola,18000,{due},2")
    rig.add(f"B,cola,1800,{at(30)},1")
    number = rig.planned()
    rig.desk.accept(PLANNER, number, None)
    rig.later()
    (kept,) = Suggestions(rig.database).open(rig.now)
    said = kept.suggestion
    assert (said.payload["order"], said.payload["remedy"], said.equipment) == ("R", "rest_elsewhere", LINE)
    assert 0 <= said.title.fields["late_span"] - (6 * 60 + 1) * MINUTE_MS < MINUTE_MS
    assert said.payload["line"] == SECOND
    board = rig.desk.board(PLANNER)
    assert [(risk.order, risk.line) for risk in board.risks] == [("R", LINE)]


def test_a_running_order_that_nothing_helps_is_said_so_with_the_leader_as_the_step(db) -> None:
    rig = Rig(db, boards=Boards({LINE: ("R", "cola", 3600, 18_000, at(2))}))  # one line, open day and night
    rig.add(f"B,cola,1800,{at(90)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    rig.later()
    (kept,) = Suggestions(rig.database).open(rig.now)
    said = kept.suggestion
    assert (said.payload["order"], said.equipment, said.action) == ("R", LINE, "call")
    assert (said.permission, said.payload["call"]) == ("call_andon", "leader")
    assert said.why.key == "schedule.late.why.nothing"
    rig.boards.orders[LINE] = ("R", "cola", 3600, 18_000, at(30))  # due later: no longer late
    rig.later()
    assert Suggestions(rig.database).open(rig.now) == []


def test_the_rest_of_a_running_order_stays_with_the_line_it_was_given_to(db) -> None:
    told_later = Boards({LINE: ("R", "cola", 3600, 18_000, None)})
    rig = Rig(db, boards=told_later, lines=2)
    told(rig, LINE, "cola", 1000)  # the line makes 1000 an hour, the other 3600
    rig.add(f"R,cola,18000,{at(6)},1")
    rig.desk.accept(PLANNER, rig.planned(), None)
    rig.later()
    (kept,) = Suggestions(rig.database).open(rig.now)
    assert rig.desk.act(PLANNER, kept.suggestion).startswith("plan ")
    assert rig.desk.next_order(OPERATOR, SECOND).order == "R"
    rig.later()  # the first line has not ended it yet
    assert rig.desk.next_order(OPERATOR, SECOND).quantity == 14_400
    assert Suggestions(rig.database).open(rig.now) == []
    del rig.boards.orders[LINE]
    rig.later()
    assert rig.desk.next_order(OPERATOR, SECOND).order == "R"
    rig.boards.orders[SECOND] = ("R", "cola", 0, 14_400, None)
    rig.later()
    assert rig.desk.next_order(OPERATOR, SECOND) is None
    with pytest.raises(Conflict):
        rig.desk.act(PLANNER, kept.suggestion)


def test_a_plan_from_ideal_rates_says_so_and_another_is_proposed_once_history_says_otherwise(db) -> None:
    rig = Rig(db)
    rig.add(f"A,cola,3600,{at(1)},1")
    rig.part.step(rig.now)  # nobody asked: the first plan comes by itself
    rig.part.step(rig.now)
    head = rig.desk.board(PLANNER).head
    assert (head.asked_by, head.accepted_by, head.planned, head.assumed) == ("lineside", None, 1, 1)
    rig.desk.accept(PLANNER, head.id, None)
    told(rig, LINE, "cola", 1000)
    rig.later()
    assert Plans(db).newest("site").id == head.id  # it rests: history may still be coming in
    rig.later()
    rig.later()
    proposal = rig.desk.board(PLANNER)
    assert (proposal.head.id, proposal.head.accepted_by, proposal.head.assumed) == (head.id + 1, None, 0)
    assert proposal.saw == head.id
    assert not proposal.may_help(AWAY)  # what helps is about the plan the site works by
    in_force = rig.desk.board(PLANNER, plan="accepted")
    assert (proposal.proposal, in_force.head.id, in_force.head.accepted_by) == (head.id + 1, head.id, PLANNER.name)
    assert in_force.may_help(AWAY)
    assert not in_force.may_help(replace(AWAY, kind="extra_shift", line="site/area/elsewhere"))
    tabs = [one for one in parts(html.Div(result(in_force, "en"))) if getattr(one, "className", "") == "tabs__tab"]
    assert [(tab.children, mark(tab, "current")) for tab in tabs] == [
        (f"Newer proposal ({head.id + 1})", None), (f"Plan in force ({head.id})", "page"),
    ]  # fmt: skip
    for _ in range(5):
        rig.later()
    assert Plans(db).newest("site").id == proposal.head.id


def test_how_much_better_a_plan_is_stays_what_it_was_when_it_was_made(db) -> None:
    rig = Rig(db)
    rig.add(f"A,cola,3600,{at(3)},1", f"B,water,3600,{at(2)},1", f"C,cola,3600,{at(4)},1")
    number = rig.planned()
    made = rig.desk.board(PLANNER).head
    assert made.saved is not None
    assert made.gap is not None
    rig.now += 20 * HOUR_MS  # everything is late by now
    rig.part.step(rig.now)
    later = rig.desk.board(PLANNER).head
    assert (later.id, later.saved, later.gap) == (number, made.saved, made.gap)
    assert len(rig.desk.board(PLANNER).risks) == 3
    assert {k.wanted.order for k in DemandBook(db).all()} == {"A", "B", "C"}
