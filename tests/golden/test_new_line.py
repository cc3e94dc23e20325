"""A new line is shown, and is in no total above it until it is signed off: live, history and what is opened agree."""

import pytest

from app.boards.downtime import DowntimeQuestion
from app.domain.interval import Interval
from tests.golden.rig import NOW, ONE, START, TWO, Rig, a_morning, two_lines_file
from tests.makers import plant_from

pytestmark = pytest.mark.redis
AREA = "site/area"


@pytest.fixture
def new(rig: Rig) -> Rig:
    """A morning of two lines, of which the second one is in commissioning."""
    file = two_lines_file()
    lines = file["sites"][0]["areas"][0]["lines"]
    lines[1]["machines"] = [{**machine, "commissioning": True} for machine in lines[0]["machines"]]
    file["sources"] = []
    found = Rig(rig.client, plant_from(file), rig.database)
    for line in (ONE, TWO):
        found.say(line, *a_morning(line))
    found.account()
    return found


def test_a_new_line_is_shown_and_in_no_total_above_it(new: Rig) -> None:
    window, one, two = Interval(START, NOW), new.board(ONE), new.board(TWO)
    area = new.services.area(AREA)
    assert {row.line for row in area.lines} == {ONE, TWO}
    assert (area.components, area.lost_ms) == (one.components, one.lost_ms)
    assert two.output.good > 0
    assert new.explain("good", TWO).row.good == two.output.good
    assert new.explain("good", AREA).row.good == one.output.good
    by_path = {row.path: row for row in new.services.network(window).rows}
    told = new.explain("good", AREA, window).row.good
    assert by_path[AREA].row.good == by_path["site"].row.good == by_path[ONE].row.good == told > 0
    assert by_path[TWO].row.good > 0
    losses = [new.services.downtime(DowntimeQuestion(path, window)).losses for path in (AREA, ONE)]
    assert losses[0] == losses[1]


def test_where_every_line_is_new_they_are_all_there_is(new: Rig) -> None:
    file = two_lines_file()
    lines, file["sources"] = file["sites"][0]["areas"][0]["lines"], []
    for line in lines:
        line["machines"] = [{**machine, "commissioning": True} for machine in lines[0]["machines"]]
    rig = Rig(new.client, plant_from(file), new.database)
    assert rig.services.area(AREA).components != new.services.area(AREA).components
    assert rig.explain("good", AREA).row.good == new.board(ONE).output.good + new.board(TWO).output.good
