"""What the rules page is made of: the file in words, within one's scope; what a rule would have done; every state."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.auth.guard import Forbidden, Invalid, NotFound, Unavailable
from app.boards.rules import RulesQuestion
from app.commands.ground import Ground
from app.commands.rules import RuleDesk
from app.domain.interval import DAY_MS
from app.domain.roles import Identity, Role
from app.historian.trends import Trends
from app.text.translate import t
from layouts.engineer.rules import result
from tests.domain.alerts.ruling import KINDS, LINE, M1, PLANT, a_rule_of, at
from tests.web.parts import memory_database

ENGINEER = Identity("ada", Role.ENGINEER, ("*",))
MANAGER = Identity("max", Role.MANAGER, ("*",))
ELSEWHERE = Identity("eve", Role.ENGINEER, ("site/other",))
WALL = Identity("token:wall", Role.DISPLAY, ("*",))
NOW = at(300)
NOTHING = RulesQuestion()
BOOK = {"id": "p", "author": "ada", "title": {"en": "T"}, "steps": [{"text": {"en": "Do this"}, "who": "operator"}]}


def write(folder: Path, *rules: dict[str, object]) -> None:
    text = json.dumps({"version": 1, "rules": rules, "playbooks": [BOOK]})
    (folder / "plant.rules.yaml").write_text(text, encoding="utf-8")


def a_desk(folder: Path | None, database=None) -> RuleDesk:
    database = database or memory_database()
    file = None if folder is None else folder / "plant.yaml"
    return RuleDesk(Ground(lambda: PLANT, database, None, None, None, lambda: NOW, file))  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path) -> RuleDesk:
    write(tmp_path, *(a_rule_of(kind, id=kind, playbook="p", horizon="30min") for kind in KINDS))
    database = memory_database()
    high = [(M1, "vibration", at(m), 12.0 if 100 <= m < 120 else 5.0) for m in range(300)]
    Trends(database).take(LINE, high, "1-0")
    return a_desk(tmp_path, database)


def said(desk: RuleDesk, who: Identity, asked: RulesQuestion = NOTHING, lang: str = "en") -> str:
    return str(result(desk.board(who, asked), lang))


def test_the_file_is_shown_with_every_rule_and_its_playbooks(desk) -> None:
    board = desk.board(ENGINEER, RulesQuestion())
    assert [rule.id for rule in board.rules] == list(KINDS)
    assert (board.file, board.may_try, board.tried, board.counts["state"]) == ("plant.rules.yaml", True, None, 2)
    shown = said(desk, ENGINEER)
    assert "Do this" in shown
    for kind in KINDS:
        assert t(f"rules.kind.{kind}", "en") in shown
        assert f"/rules?rule={kind}&days=7" in shown


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_may_be_chosen_and_tried_in_every_language(desk, kind, lang) -> None:
    shown = said(desk, ENGINEER, RulesQuestion(kind, 1), lang)
    assert t("rules.tried", lang) in shown


def test_what_it_would_have_done_is_counted(desk) -> None:
    tried = desk.attempt(ENGINEER, "signal", 1)
    assert [(f.equipment, f.raised, f.cleared) for f in tried.trial.firings] == [(M1, at(105), at(121))]
    assert tried.trial.window.length == DAY_MS
    assert "no stop" in said(desk, ENGINEER, RulesQuestion("signal", 1))


def test_the_office_may_look_and_not_try(desk) -> None:
    assert t("rules.may_not_try", "en") in said(desk, MANAGER, RulesQuestion("signal", 1))
    assert desk.board(MANAGER, RulesQuestion("signal", 1)).tried is None
    with pytest.raises(Forbidden):
        desk.attempt(MANAGER, "signal", 1)
    with pytest.raises(Forbidden):
        desk.board(WALL, RulesQuestion())


def test_rules_of_other_places_are_not_shown_and_not_tried(desk) -> None:
    assert desk.board(ELSEWHERE, RulesQuestion()).rules == ()
    with pytest.raises(NotFound):
        desk.attempt(ELSEWHERE, "signal", 1)


@pytest.mark.parametrize("days", [0, -1, 32, 10**6])
def test_a_span_beyond_31_days_is_refused(desk, days) -> None:
    with pytest.raises(Invalid):
        desk.attempt(ENGINEER, "signal", days)


def test_an_unknown_rule_is_not_found(desk) -> None:
    with pytest.raises(NotFound):
        desk.attempt(ENGINEER, "nothing", 1)


def test_a_database_that_is_away_is_said(tmp_path) -> None:
    write(tmp_path, a_rule_of("signal"))
    desk = a_desk(tmp_path, create_engine(f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite'}"))
    with pytest.raises(Unavailable):
        desk.attempt(ENGINEER, "r", 1)


def test_a_wrong_file_is_said_in_words_without_its_folder_and_the_last_right_one_stays(desk, tmp_path) -> None:
    assert desk.board(ENGINEER, RulesQuestion()).mistakes == ()
    write(tmp_path, a_rule_of("signal", owner="boss"))
    board = desk.board(ENGINEER, RulesQuestion())
    assert len(board.rules) == len(KINDS)
    shown = said(desk, ENGINEER)
    assert t("rules.mistakes.title", "en", file="plant.rules.yaml", n=1) in shown
    assert "`boss` is not known" in shown
    assert str(tmp_path) not in shown


def test_without_rules_the_page_says_where_they_would_lie(tmp_path) -> None:
    assert "plant.rules.yaml" in said(a_desk(tmp_path), ENGINEER)
    assert t("rules.no_file", "en") in said(a_desk(None), ENGINEER)


def test_a_live_only_rule_says_that_history_cannot_tell(tmp_path) -> None:
    write(tmp_path, a_rule_of("kpi", figure="lost_ms", below=None, above="30min"))
    assert t("rules.untold.figure", "de") in said(a_desk(tmp_path), ENGINEER, RulesQuestion("r", 1), "de")
