"""Laws of the plant network: every level is the sum of what is below it, and nobody sees what is not theirs."""

import pytest

from app.boards.plant import PlantBoard
from app.domain.accounting.profiles import VORNE
from app.domain.interval import Interval
from app.historian.process import Historian
from app.views.groupings import grouped_rows
from app.views.plant import plant_board
from tests.historian.test_historian import END, LINE, PLANT, START, Stream, told

WINDOW = Interval(START, END)


@pytest.fixture
def board(db) -> PlantBoard:
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    return plant_board(db, PLANT, WINDOW, VORNE, lambda _: True)


def test_a_line_says_what_its_kpi_row_says(board: PlantBoard, db) -> None:
    (row,) = grouped_rows(db, PLANT, (LINE, WINDOW), (), VORNE)
    (line,) = (place for place in board.rows if place.path == LINE)
    assert line.row == row


def test_every_level_is_the_sum_of_its_lines(board: PlantBoard) -> None:
    lines = [place.row for place in board.rows if place.level == "line"]
    for level in ("site", "area"):
        places = [place.row for place in board.rows if place.level == level]
        assert sum(place.good for place in places) == sum(line.good for line in lines)
        assert sum(sum(p.buckets_ms.values()) for p in places) == sum(sum(x.buckets_ms.values()) for x in lines)


def test_what_one_may_not_see_is_in_no_row_and_no_sum(db, board: PlantBoard) -> None:
    assert board.rows
    assert plant_board(db, PLANT, WINDOW, VORNE, lambda _: False).rows == ()


def test_lost_time_is_what_the_losses_add_up_to(board: PlantBoard) -> None:
    for place in board.rows:
        pbt = sum(ms for name, ms in place.row.buckets_ms.items() if name not in ("unscheduled", "planned_stop"))
        assert place.lost_ms == pbt - place.row.ideal_good_ms
        assert place.main_loss_ms <= place.lost_ms
