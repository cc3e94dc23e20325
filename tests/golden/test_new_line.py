"""A new line is shown, and is in no total above it until it is signed off: live, history and what is opened agree."""

import pytest
from msgspec.structs import replace

from app.boards.codec import components_of
from app.boards.downtime import DowntimeQuestion
from app.boards.shifts import ShiftQuestion
from app.domain.events.contract import Counted
from app.domain.interval import MINUTE_MS, Interval
from tests.golden.rig import NOW, ONE, START, TWO, Rig, a_morning, two_lines_file
from tests.makers import plant_from, utc_ms

pytestmark = pytest.mark.redis
AREA = "site/area"


@pytest.fixture
def new(rig: Rig) -> Rig:
    """A morning of two lines, of which the second one is in commissioning."""
    return with_second_line(rig, True)


def with_second_line(rig: Rig, commissioning: object) -> Rig:
    """A morning of two lines; commissioning: what the plant file says of each machine of the second."""
    file = two_lines_file()
    lines = file["sites"][0]["areas"][0]["lines"]
    lines[1]["machines"] = [{**machine, "commissioning": commissioning} for machine in lines[0]["machines"]]
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


SINCE = utc_ms("2026-11-23T07:00")


@pytest.fixture
def signed(rig: Rig) -> Rig:
    """The same morning, the second line signed off at 06:40: an hour of its shift before is outside the totals."""
    return with_second_line(rig, "until 2026-11-23T06:40:00Z")


def test_a_line_that_was_signed_off_counts_from_then_on_live_and_in_history(signed: Rig) -> None:
    one, two, window = signed.board(ONE), signed.board(TWO), Interval(START, NOW)
    since = signed.explain("good", TWO, Interval(SINCE, NOW)).row
    assert 0 < since.good < two.output.good
    area = signed.services.area(AREA)
    assert components_of(area) == components_of(one) + components_of(two.counted)
    assert two.counted.components["good"] == since.good
    assert area.lost_ms == one.lost_ms + two.counted.lost_ms < one.lost_ms + two.lost_ms
    assert area.unclassified_ms == one.unclassified_ms + two.counted.unclassified_ms
    live = signed.explain("good", AREA)
    assert live.row.good == area.components["good"] == one.output.good + since.good
    by_path = {row.path: row for row in signed.services.network(window).rows}
    told = signed.explain("good", AREA, window).row
    assert by_path[AREA].row == replace(by_path["site"].row, equipment=AREA)
    assert by_path[AREA].row.good == told.good == by_path[ONE].row.good + since.good
    assert by_path[TWO].row.good > since.good
    compared = signed.services.shifts(ShiftQuestion(AREA, window)).columns
    assert sum(column.row.good for column in compared) == told.good


def test_its_stops_before_are_in_no_sum_above_it(signed: Rig) -> None:
    window, before = Interval(START, NOW), Interval(START, SINCE)
    board = {path: signed.services.downtime(DowntimeQuestion(path, window)) for path in (AREA, ONE, TWO)}
    since = signed.services.downtime(DowntimeQuestion(TWO, Interval(SINCE, NOW)))
    for loss, ms in board[AREA].losses.items():
        assert ms == board[ONE].losses[loss] + since.losses[loss], loss
    shown = {path: sum(bar.ms for bar in found.bars) for path, found in board.items()}
    assert shown[AREA] == shown[ONE] + sum(bar.ms for bar in since.bars) < shown[ONE] + shown[TWO]
    assert (
        signed.services.downtime(DowntimeQuestion(AREA, before)).losses
        == signed.services.downtime(DowntimeQuestion(ONE, before)).losses
    )


def test_the_screens_say_since_when(signed: Rig) -> None:
    two, rows = signed.board(TWO), {row.line: row for row in signed.services.area(AREA).lines}
    assert (two.standing, two.counted.since) == ("since", SINCE)
    assert {tile.counts_since for tile in two.machines} == {SINCE}
    assert (rows[TWO].standing, rows[TWO].counts_since, rows[ONE].standing) == ("since", SINCE, None)
    told = {row.path: row for row in signed.services.network(Interval(START, NOW)).rows}
    assert (told[TWO].standing, told[TWO].counts_since) == ("since", SINCE)
    later = {row.path: row for row in signed.services.network(Interval(SINCE, NOW)).rows}
    assert later[TWO].standing is None


def test_before_its_first_hour_there_is_nothing_of_it_and_no_error(signed: Rig) -> None:
    before = Interval(START, SINCE)
    assert signed.explain("good", AREA, before).row.good == signed.explain("good", ONE, before).row.good
    signed.now = SINCE - 1
    assert signed.services.network(before).rows


def test_a_late_word_about_hours_before_stays_outside(signed: Rig) -> None:
    window = Interval(START, NOW)
    first = signed.explain("good", AREA, window).row
    about = {"machine": f"{TWO}/packer", "source": "late", "epoch": 1}
    signed.say(TWO, Counted(**about, t=SINCE - 20 * MINUTE_MS, seq=1, good=500))
    signed.account()
    assert signed.explain("good", TWO, window).row.good >= 500
    assert signed.explain("good", AREA, window).row == first


def test_a_line_whose_constraint_nobody_signed_says_so_wherever_it_is_shown(rig: Rig) -> None:
    file = two_lines_file()
    lines, file["sources"] = file["sites"][0]["areas"][0]["lines"], []
    lines[1]["machines"] = [{**lines[0]["machines"][0], "commissioning": True}, lines[0]["machines"][1]]
    lines[1] |= {"constraint": "filler", "counts_at": "packer"}
    found = Rig(rig.client, plant_from(file), rig.database)
    for line in (ONE, TWO):
        found.say(line, *a_morning(line))
    found.account()
    assert found.board(TWO).standing == "unsigned"
    assert {row.line: row.standing for row in found.services.area(AREA).lines} == {ONE: None, TWO: "unsigned"}
    told = {row.path: row.standing for row in found.services.network(Interval(START, NOW)).rows}
    assert (told[ONE], told[TWO]) == (None, "unsigned")
