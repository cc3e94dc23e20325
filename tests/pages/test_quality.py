"""The quality page draws every state: nothing known, a calm value, a rise with its cause, what may be done by whom."""

from dataclasses import replace

import pytest

from app.boards.quality import QualityBoard
from app.domain.decisions.adjusting import Happened
from app.domain.decisions.charts import FEWEST
from app.domain.interval import HOUR_MS
from app.domain.roles import GRANTS, Role
from app.historian.adjustments import Adjustments
from app.text.numbers import Numbers
from app.text.translate import languages, t
from layouts.components.pagebox import PageHead
from layouts.engineer import quality
from layouts.figures.control_chart import OUTSIDE, control_chart, hits_by_point
from tests.pages.test_pages import mark, parts, words
from tests.quality_story import DRAFT, ENGINEER, FILLER, HOURS, LINE, OPERATOR, Story
from tests.web.parts import memory_database
from tests.web.test_quality import a_suggestion

LANGS = pytest.mark.parametrize("lang", languages())


@pytest.fixture(scope="module")
def story() -> Story:
    """A rise with its cause, one adjustment open and one done."""
    found = Story(memory_database())
    found.past()
    protocol = found.desk.write_protocol(ENGINEER, DRAFT)
    suggestion = a_suggestion(found, protocol)
    found.desk.act(OPERATOR, suggestion)
    done = found.desk.act(OPERATOR, replace(suggestion, key="another"))
    step = Happened(1, found.now - 3 * HOUR_MS, "olga", "confirmed", 76.0)
    assert Adjustments(found.database).happened(done, step)
    return found


def drawn(board: QualityBoard, lang: str = "en", role: Role = Role.ENGINEER):
    held = frozenset(permission.value for permission in GRANTS[role])
    return quality.layout(PageHead("key", "Quality", board.at), board, {LINE: "Line 1"}, lang, held)


def asks(page) -> set[str]:
    return {found for part in parts(page) for name in ("ask", "send") if (found := mark(part, name))}


@LANGS
@pytest.mark.parametrize(
    ("chart", "group", "said"), [("defects", 1, ["u"]), ("torque", 5, ["xbar", "r"]), ("torque", 1, ["i", "mr"])]
)
def test_every_kind_of_chart_says_what_it_is(story: Story, lang: str, chart: str, group: int, said: list[str]) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER, chart, group=group)
    page = drawn(board, lang)
    shown = words(page)
    for kind, drawn_chart in zip(said, board.charts, strict=True):
        assert t(f"quality.kind.{kind}", lang, n=drawn_chart.points[-1].n) in shown
    assert (t("quality.group", lang) in shown) == (chart != "defects")


@LANGS
def test_a_rise_shows_its_cause_its_rules_and_what_is_to_be_done(story: Story, lang: str) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER)
    page = drawn(board, lang)
    assert board.risen_at is not None
    assert board.causes[0].parameter.signal == "temperature"
    assert [mark(p, "explains") for p in parts(page) if mark(p, "explains")] == ["yes", "no", "no"]
    assert "we1" in {mark(p, "rule") for p in parts(page)}
    assert {mark(p, "state") for p in parts(page)} >= {"open", "done"}
    assert "Turn the dial" in words(page)


@LANGS
def test_a_process_value_shows_its_capability(story: Story, lang: str) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER, "temperature")
    assert [chart.kind for chart in board.charts] == ["i", "mr"]
    assert board.capability.cpk.low < board.capability.cpk.value < board.capability.cpk.high
    assert "Cpk" in words(drawn(board, lang))
    without = story.desk.board(ENGINEER, LINE, FILLER, "pressure")
    assert without.capability.cpk is None
    assert without.limits is None
    drawn(without, lang)


@LANGS
def test_a_line_nothing_is_known_of_says_what_to_do_next(lang: str) -> None:
    empty = Story(memory_database())
    for chart in ("rejects", "temperature"):
        board = empty.desk.board(ENGINEER, LINE, FILLER, chart)
        assert (board.charts, board.causes, board.adjustments) == ((), (), ())
        assert len(words(drawn(board, lang))) > 300


def test_what_may_be_pressed_is_what_the_role_may_do(story: Story) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER)
    assert asks(drawn(board, role=Role.MANAGER)) == set()
    assert asks(drawn(board, role=Role.OPERATOR)) == {"confirm", "drop", "go_back"}
    engineer = {"confirm", "drop", "go_back", "write_protocol", "retire_protocol"}
    assert asks(drawn(board, role=Role.ENGINEER)) == engineer
    waiting = tuple(
        replace(row, is_writable=True, adjustment=replace(row.adjustment, steps=(*row.adjustment.steps, asked)))
        for row in board.adjustments
        if row.adjustment.state == "open" and (asked := Happened(1, board.at, "olga", "write_asked"))
    )
    assert "approve_write" in asks(drawn(replace(board, adjustments=waiting), role=Role.SUPERVISOR))
    assert "approve_write" not in asks(drawn(replace(board, adjustments=waiting), role=Role.OPERATOR))


def test_rule_hits_are_marked_by_shape_and_colour_at_their_points(story: Story) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER)
    trace = control_chart(board.charts[0], board.fired, "%", Numbers("en", "UTC")).data[-1]
    hits = hits_by_point(board.fired)
    assert len(trace.x) == HOURS
    for place in range(HOURS):
        assert (trace.marker.symbol[place] != "circle") == (place in hits)
    beyond = dict(board.fired)["we1"]
    assert {(trace.marker.symbol[at], trace.marker.color[at]) for at in beyond} == {("diamond", OUTSIDE)}
    assert "Western Electric 1" in trace.text[beyond[0]]
    assert trace.y[0] == pytest.approx(board.charts[0].points[0].value * 100)
    assert board.charts[0].baseline >= FEWEST
