"""Which chart a process value and a count get: single values, subgroups, shares, defects per unit; with their rules."""

import pytest

from app.boards.explain import Asked, AskedPart, Kept
from app.domain.accounting.profiles import VORNE
from app.domain.decisions.charts import subgroup
from app.domain.decisions.subgroups import APART_MS, in_a_row, measured_together
from app.domain.interval import MINUTE_MS
from app.historian.trends import Trends
from app.views.explain import explanation
from app.views.explain_parts import Sources
from tests.historian.test_downtime import NoStream
from tests.quality_story import ENGINEER, FILLER, HOURS, LINE, Story, T
from tests.web.parts import memory_database


@pytest.fixture
def story() -> Story:
    found = Story(memory_database())
    found.past()
    return found


def kinds(story: Story, chart: str, group: int = 1) -> list[str]:
    return [one.kind for one in story.desk.board(ENGINEER, LINE, FILLER, chart, group=group).charts]


def test_each_measurement_gets_its_chart(story: Story) -> None:
    assert kinds(story, "rejects") == ["p"]
    assert kinds(story, "defects") == ["u"]
    assert kinds(story, "torque") == ["i", "mr"]
    assert kinds(story, "torque", 5) == ["xbar", "r"]
    assert kinds(story, "torque", 7) == ["i", "mr"]


def test_a_rise_breaks_rules_on_the_chart_of_defects_too(story: Story) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER, "defects")
    assert {"we1", "nelson1"} <= {one.rule for one in board.fired}
    assert (board.unit, board.product, board.causes) == ("%", "cola", ())
    (chart,) = board.charts
    assert chart.points[-1].value > chart.points[-1].high


@pytest.mark.parametrize("chart", ["rejects", "defects"])
def test_what_the_chart_adds_up_to_opens_to_the_last_digit(story: Story, chart: str) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER, chart)
    sources, points = Sources(story.database, story.plant, NoStream()), board.charts[0].points
    for made, hours in ((board.made, points), (board.last_made, points[-1:])):
        kept = Kept(product=board.product)
        for figure in ("scrap_ratio", "quality", "reject"):
            asked = Asked(figure, FILLER, (AskedPart(FILLER, made.window),), kept)
            assert explanation(sources, asked, VORNE).value == getattr(made, figure) is not None
        assert made.scrap_ratio == pytest.approx(sum(p.value * p.n for p in hours) / sum(p.n for p in hours))
    assert board.last_made.scrap_ratio == points[-1].value


def test_a_process_value_adds_up_no_rejects(story: Story) -> None:
    board = story.desk.board(ENGINEER, LINE, FILLER, "torque")
    assert (board.made, board.last_made) == (None, None)


def test_minutes_with_several_values_make_the_subgroups(story: Story) -> None:
    story.now += 30 * 60 * MINUTE_MS  # of the story's own values none are left in the day that is looked at
    story.hours([0.0] * 30)
    own = [
        (FILLER, "pressure", T + HOURS * 60 * MINUTE_MS + minute * MINUTE_MS + n * 1_000, 5.0 + n)
        for minute in range(30 * 60)
        for n in (1, 2)
    ]
    Trends(story.database).take(LINE, own, "999-0")
    board = story.desk.board(ENGINEER, LINE, FILLER, "pressure")
    mean, spread = board.charts
    assert (mean.kind, spread.kind, mean.points[-1].n) == ("xbar", "r", 3)


def test_values_in_a_row_are_one_subgroup_unless_they_lie_apart() -> None:
    values = [(n * MINUTE_MS, float(n)) for n in range(7)]
    found = in_a_row([*values, (7 * MINUTE_MS + APART_MS, 9.0), (8 * MINUTE_MS + APART_MS, 10.0)], 3)
    assert [(g.t, g.mean, g.reach, g.n) for g in found] == [(0, 1.0, 2.0, 3), (3 * MINUTE_MS, 4.0, 2.0, 3)]
    assert in_a_row([*values[:2], (60 * MINUTE_MS, 1.0)], 3) == []


def test_a_signal_said_once_a_minute_or_ever_differently_is_not_measured_in_subgroups() -> None:
    assert measured_together([subgroup(0, [1.0])] * 9) == []
    assert measured_together([subgroup(0, [1.0] * n) for n in range(2, 9)]) == []
    assert measured_together([]) == []
    assert [g.n for g in measured_together([*([subgroup(0, [1.0, 2.0])] * 4), subgroup(0, [1.0])])] == [2] * 4
