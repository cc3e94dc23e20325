"""Rules edited by people: mistakes by line, who may is checked at every place, versions come and go back."""

import os
import textwrap
from pathlib import Path

import pytest

from app.auth.guard import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.boards.rules import RuleEdit, RulesQuestion
from app.commands.ground import Ground
from app.commands.rule_edit import RuleEditor
from app.commands.rules import RuleDesk
from app.domain.roles import Identity, Role
from app.historian.trends import Trends
from app.ruletext import lines_of, stamp
from app.ruleyaml import RuleFile
from layouts.engineer.rules import draft, result
from tests.domain.alerts.ruling import LINE, M1, PLANT, at
from tests.web.parts import MemoryAccounts, memory_database

ADA = Identity("ada", Role.ENGINEER, ("*",))
LIN = Identity("lin", Role.ENGINEER, (LINE,))
FAR = Identity("far", Role.ENGINEER, ("site/other",))
NOW = at(300)
HOT = f"""
  - id: hot            # what people wrote stays
    version: 3
    author: ada
    kind: signal
    where: {LINE}
    signal: vibration
    above: 10
    for: 5min
    title: {{en: Hot}}
    consequence: {{en: It stops}}
    response: {{en: Go there}}
    owner: operator
    priority: low
    on_delay: 0s
    off_delay: 0s
"""
EVERYWHERE = HOT.replace("id: hot", "id: wide").replace(f"    where: {LINE}\n", "")
BOOKS = """
playbooks:
  - id: p
    author: ada
    title: {en: T}
    steps: [{text: {en: Do this}}]
"""
FILE = f"# ours\nversion: 1\n\nrules:{HOT}\n  # the next one\n{EVERYWHERE[1:]}{BOOKS}"


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "plant.rules.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def trail() -> MemoryAccounts:
    return MemoryAccounts()


@pytest.fixture
def desk(file, trail) -> RuleEditor:
    database = memory_database()
    high = [(M1, "vibration", at(m), 12.0 if 100 <= m < 120 else 5.0) for m in range(300)]
    Trends(database).take(LINE, high, "1-0")
    ground = Ground(lambda: PLANT, database, trail, None, None, lambda: NOW, file.with_name("plant.yaml"))
    return RuleEditor(ground, RuleDesk(ground))


def an_edit(file: Path, was: str, now: str, rule: str = "hot", note: str = "") -> RuleEdit:
    text = file.read_text(encoding="utf-8")
    first, end = lines_of(text, rule) or (0, len(text))
    own = "\n".join(text.splitlines()[first:end])
    assert was in own
    return RuleEdit(rule, own.replace(was, now), stamp(text), note)


def test_the_lines_of_a_rule_are_its_own_and_the_comment_before_the_next_is_not(file) -> None:
    text = file.read_text(encoding="utf-8")
    rows = text.splitlines()
    first, end = lines_of(text, "hot")
    assert "\n".join(rows[first:end]) == HOT.strip("\n")
    first, end = lines_of(text, "wide")
    assert rows[first].startswith("  - id: wide")
    assert rows[end - 1] == "    off_delay: 0s"
    assert lines_of(text, "none") is None
    assert lines_of("rules: [{id: a}, {id: b}]", "b") is None


def test_a_mistake_is_said_by_the_line_of_what_was_written_and_nothing_is_saved(desk, file) -> None:
    edit = an_edit(file, "above: 10", "above: much")
    for found in (desk.look(ADA, edit, 1), desk.save(ADA, edit)):
        (mistake,) = found.mistakes
        assert (mistake.line, mistake.key) == (7, "rules[0].above")
        assert mistake.right
    assert file.read_text(encoding="utf-8") == FILE
    shown = str(draft(found, desk.board(ADA, RulesQuestion()), "en"))
    assert "line 7, rules[0].above" in shown


def test_a_trial_says_what_a_change_would_have_done_before_it_is_saved(desk, file) -> None:
    found = desk.look(ADA, an_edit(file, "above: 10", "above: 11.5"), 1)
    assert [(c.path, c.before, c.after) for c in found.changes] == [("rules.hot.above", "10", "11.5")]
    assert [(f.raised, f.cleared) for f in found.tried.trial.firings] == [(at(105), at(121))]
    assert desk.look(ADA, an_edit(file, "above: 10", "above: 13"), 1).tried.trial.firings == ()
    assert file.read_text(encoding="utf-8") == FILE


def test_saving_counts_the_rule_up_and_who_reads_the_file_goes_on_with_it(desk, file, trail) -> None:
    deciding = RuleFile(file.with_name("plant.yaml"), PLANT)
    assert deciding.book().rules["hot"].watch.above == 10
    assert desk.save(LIN, an_edit(file, "above: 10", "above: 11", note="too many")) is None
    rule = deciding.book().rules["hot"]
    assert (rule.watch.above, rule.version) == (11, 4)
    assert "# what people wrote stays" in file.read_text(encoding="utf-8")
    assert [row[1:4] for row in trail.rows] == [("lin", "rules.save", "plant.rules.yaml")]
    newest, first = desk.board(ADA, RulesQuestion()).editions
    assert (newest.by, newest.note, first.by, first.is_first) == ("lin", "too many", None, True)
    assert ("rules.hot.above", "10", "11") in [(c.path, c.before, c.after) for c in newest.changes]
    assert list(file.parent.iterdir()) == [file]


def test_an_older_version_is_restored_as_a_new_one(desk, file) -> None:
    desk.save(ADA, an_edit(file, "above: 10", "above: 11"))
    first = desk.board(ADA, RulesQuestion()).editions[-1]
    desk.restore(ADA, first.number)
    assert file.read_text(encoding="utf-8") == FILE
    editions = desk.board(ADA, RulesQuestion()).editions
    assert [one.by for one in editions] == ["ada", "ada", None]
    assert f"= {first.version}" in editions[0].note
    with pytest.raises(NotFound):
        desk.restore(ADA, 10**6)
    with pytest.raises(Forbidden):
        desk.restore(LIN, first.number)


def test_two_people_at_once_the_second_is_told(desk, file) -> None:
    slow = an_edit(file, "above: 10", "above: 12")
    desk.save(ADA, an_edit(file, "for: 5min", "for: 6min"))
    with pytest.raises(Conflict):
        desk.save(LIN, slow)
    with pytest.raises(Invalid):
        desk.save(ADA, an_edit(file, "", ""))


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.DISPLAY])
def test_only_who_may_write_rules_edits_them(desk, file, role) -> None:
    who = Identity("x", role, ("*",))
    edit = an_edit(file, "above: 10", "above: 11")
    for act in (lambda: desk.save(who, edit), lambda: desk.look(who, edit, 1), lambda: desk.restore(who, 1)):
        with pytest.raises(Forbidden):
            act()
    if role is not Role.DISPLAY:
        board = desk.board(who, RulesQuestion("hot"))
        assert (board.edit, board.editions) == (None, ())
        assert "rules__lines" not in str(result(board, "en"))


def test_a_rule_is_edited_only_where_one_may_before_and_after(desk, file) -> None:
    assert desk.board(LIN, RulesQuestion("hot")).edit.rule == "hot"
    assert desk.board(LIN, RulesQuestion("wide")).edit is None
    assert desk.board(LIN, RulesQuestion()).edit is None
    assert desk.board(ADA, RulesQuestion()).edit.text == FILE
    smuggled = textwrap.indent("- id: other\n" + textwrap.dedent(HOT).split("\n", 2)[2], "  ")
    for who, edit in (
        (FAR, an_edit(file, "above: 10", "above: 11")),
        (LIN, an_edit(file, "above: 10", "above: 11", "wide")),
        (LIN, an_edit(file, f"    where: {LINE}\n", "")),
        (LIN, an_edit(file, "    off_delay: 0s", "    off_delay: 0s\n" + EVERYWHERE[1:].replace("wide", "new"))),
        (LIN, RuleEdit("", FILE.replace("above: 10", "above: 11"), stamp(FILE))),
        (LIN, RuleEdit("none", smuggled, stamp(FILE))),
    ):
        with pytest.raises((Forbidden, NotFound)):
            desk.save(who, edit)
    assert file.read_text(encoding="utf-8") == FILE


def test_a_playbook_may_be_written_by_those_who_may_everywhere(desk, file) -> None:
    whole = RuleEdit("", FILE.replace("Do this", "Do that"), stamp(FILE))
    with pytest.raises(Forbidden):
        desk.save(LIN, whole)
    assert desk.save(ADA, whole) is None
    assert "Do that" in file.read_text(encoding="utf-8")


def test_what_cannot_be_a_rules_file_is_refused(desk, file) -> None:
    for text in ("x" * 400_001, "a\x00b"):
        with pytest.raises(Invalid):
            desk.save(ADA, RuleEdit("", text, stamp(FILE)))
    for text in ("rules: [&a {id: x}, *a]", "rules: [", "- a\n- b"):
        assert desk.save(ADA, RuleEdit("", text, stamp(FILE))).mistakes


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_kept_as_saved(desk, file) -> None:
    edit = an_edit(file, "above: 10", "above: 11")
    file.with_name(f".{file.name}.{os.getpid()}").mkdir()
    with pytest.raises(Unavailable) as refused:
        desk.save(ADA, edit)
    assert str(file.parent) not in str(refused.value)
    assert file.read_text(encoding="utf-8") == FILE
    assert [one.by for one in desk.board(ADA, RulesQuestion()).editions] == [None]
