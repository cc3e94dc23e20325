"""What rules say now: facts gathered from SQL and boards, and a rules file that changes while the decider runs."""

import json
import os
from dataclasses import replace

import msgspec
import pytest

from app.decider.conditions import Conditions
from app.domain.alerts.lookback import need_of
from app.domain.alerts.place import places_of
from app.domain.alerts.rules import Watched, conditions
from app.domain.interval import MINUTE_MS, Interval
from app.historian.rule_facts import RuleFacts
from app.historian.trends import Trends
from app.ruleyaml import RuleFile
from tests.domain.alerts.ruling import LINE, M1, PLANT, a_rule_of, at
from tests.sample_boards import sample_line_board
from tests.web.parts import memory_database

NOW = at(120)


class Boards:
    """The line's last board."""

    def __init__(self, board=None) -> None:
        self.board = board

    def last(self, line: str) -> bytes | None:
        return None if self.board is None or line != LINE else msgspec.json.encode(self.board)


@pytest.fixture
def file(tmp_path):
    """Writes rules beside a plant file; returns the plant file."""
    plant_file = tmp_path / "plant.yaml"

    def put(*rules: dict[str, object]):
        path = tmp_path / "plant.rules.yaml"
        path.write_text(json.dumps({"version": 1, "rules": rules}), encoding="utf-8")
        count[0] += 1
        os.utime(path, ns=(count[0] * 10**9, count[0] * 10**9))
        return plant_file

    count = [0]
    return put


def conditions_of(plant_file, boards: Boards | None = None) -> Conditions:
    database = memory_database()
    found = Conditions(RuleFile(plant_file, PLANT), PLANT, RuleFacts(database, PLANT), boards or Boards())
    Trends(database).take(LINE, [(M1, "vibration", at(m), 12.0) for m in range(100, 200)], "1-0")
    return found


def test_what_holds_now_is_said_with_since_when(file) -> None:
    found = conditions_of(file(a_rule_of("signal"))).now(NOW)
    assert [(c.rule, c.equipment, c.since) for c in found] == [("r", M1, at(100))]


def test_a_condition_without_a_beginning_keeps_the_first_moment_it_was_seen(file) -> None:
    board = replace(sample_line_board(), line=LINE, at=NOW - 1, shift=replace(sample_line_board().shift, start=0))
    board = replace(board, kpis=replace(board.kpis, oee=0.3, coverage=1.0))
    boards = Boards(board)
    asked = conditions_of(file(a_rule_of("kpi")), boards)
    assert [c.since for c in asked.now(NOW)] == [NOW - 1]
    boards.board = replace(board, at=NOW + MINUTE_MS)
    assert [c.since for c in asked.now(NOW + MINUTE_MS)] == [NOW - 1]
    boards.board = replace(board, kpis=replace(board.kpis, oee=0.6), at=NOW + MINUTE_MS)
    assert asked.now(NOW + MINUTE_MS) == []
    assert asked.now(NOW + 10 * MINUTE_MS) == []


def test_time_without_a_reason_comes_from_the_live_board(file) -> None:
    board = replace(sample_line_board(), line=LINE, at=NOW, unclassified_ms=31 * MINUTE_MS)
    rule = a_rule_of("kpi", figure="unclassified_ms", below=None, above="30min", coverage=0, after=None)
    (found,) = conditions_of(file(rule), Boards(board)).now(NOW)
    assert (found.equipment, found.why.key, found.why.fields["value"]) == (LINE, "rules.why.kpi.unclassified_ms", 31.0)


def test_a_changed_file_is_read_again_and_a_wrong_one_leaves_the_last_right_one(file) -> None:
    asked = conditions_of(file(a_rule_of("signal")))
    assert (list(asked.rules()), asked.problem()) == (["r"], None)
    file(a_rule_of("signal", id="other"))
    assert list(asked.rules()) == ["other"]
    file(a_rule_of("signal", owner="boss"))
    assert list(asked.rules()) == ["other"]
    assert "`boss` is not known" in asked.problem()
    assert [c.rule for c in asked.now(NOW)] == ["other"]
    file(a_rule_of("signal", enabled=False))
    assert (dict(asked.rules()), asked.problem(), asked.now(NOW)) == ({}, None, [])


def test_without_a_file_there_are_no_rules(tmp_path) -> None:
    asked = conditions_of(tmp_path / "plant.yaml")
    assert (asked.now(NOW), asked.problem(), asked.book().rules) == ([], None, {})


def test_live_and_over_history_a_rule_says_the_same_of_the_same_database(file) -> None:
    asked = conditions_of(file(a_rule_of("signal")))
    facts = asked.facts.read(_need(asked), Interval(at(90), at(230)))
    for minute in range(90, 230, 5):
        live = {(c.rule, c.equipment): c.why for c in asked.now(at(minute))}
        assert live == {(c.rule, c.equipment): c.why for c in _over_history(asked, facts, at(minute))}


def _watched(asked: Conditions):
    return [Watched(rule, places_of(rule, PLANT)) for rule in asked.book().rules.values()]


def _need(asked: Conditions):
    return need_of(_watched(asked))


def _over_history(asked: Conditions, facts, now: int):
    return conditions(_watched(asked), facts, now)
