"""Laws of the shift comparison: its steps are the difference, its sets are its trend added up."""

from dataclasses import replace

import pytest

from app.boards.shifts import WAYS, CompareBy, ShiftComparison, ShiftQuestion
from app.domain.accounting.profiles import VORNE
from app.domain.interval import Interval
from app.historian.process import Historian
from app.views.groupings import grouped_rows
from app.views.shifts import shift_comparison
from tests.historian.test_historian import END, LINE, PLANT, START, Stream, told

ASKED = ShiftQuestion(LINE, Interval(START, END))


@pytest.fixture
def compare(db):
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()

    def compare(asked: ShiftQuestion) -> ShiftComparison:
        board = shift_comparison(db, PLANT, asked, VORNE)
        assert board is not None
        return board

    return compare


def test_steps_add_up_to_the_difference_of_the_two_sets(compare) -> None:
    board = compare(ASKED)
    assert sum(column.n for column in board.columns) == len(board.trend) == 3
    rows = {column.key: column.row for column in board.columns}
    assert board.pair is not None
    difference = rows[board.pair.second].oee - rows[board.pair.first].oee
    assert abs(sum(step.points for step in board.pair.steps) - difference) < 1e-9


def test_any_two_sets_can_be_chosen_and_the_way_back_is_the_opposite(compare) -> None:
    there = compare(ASKED)
    back = compare(replace(ASKED, first=there.pair.second, second=there.pair.first))
    assert (back.pair.first, back.pair.second) == (there.pair.second, there.pair.first)
    assert {s.key: s.points for s in back.pair.steps} == pytest.approx(
        {s.key: -s.points for s in there.pair.steps}, abs=1e-8
    )


@pytest.mark.parametrize("by", WAYS)
def test_every_way_of_telling_sets_apart_adds_up_to_the_same_whole(compare, by: CompareBy) -> None:
    whole = sum(column.row.good for column in compare(ASKED).columns)
    board = compare(replace(ASKED, by=by))
    assert sum(column.row.good for column in board.columns) == whole
    assert sum(sum(c.losses.values()) for c in board.columns) == sum(
        sum(c.losses.values()) for c in compare(ASKED).columns
    )


@pytest.mark.parametrize("by", WAYS)
def test_the_week_is_the_same_however_sets_are_told_apart(compare, by: CompareBy) -> None:
    week = compare(ASKED).heat
    assert compare(replace(ASKED, by=by)).heat == week
    assert [(day, hour) for day in range(7) for hour in range(24) if week[day][hour] is not None] == [
        (0, hour) for hour in range(6, 15)
    ]


def test_a_set_says_the_same_as_its_kpi_rows(compare, db) -> None:
    rows = [r for r in grouped_rows(db, PLANT, (LINE, ASKED.window), ("shift",), VORNE) if r.shift]
    for column in compare(ASKED).columns:
        mine = [row for row in rows if row.shift.name == column.key]
        assert column.row.good == sum(row.good for row in mine)
        if len(mine) == 1:
            assert replace_shift(column.row) == replace_shift(mine[0])


def replace_shift(row):
    return (row.buckets_ms, row.good, row.ideal_good_ms, row.oee, row.availability, row.coverage)


def test_filters_keep_only_what_they_name(compare) -> None:
    first = compare(ASKED).columns[0].key
    only = compare(replace(ASKED, shift=first))
    assert [column.key for column in only.columns] == [first]
    assert {point.shift for point in only.trend} == {first}
    assert compare(replace(ASKED, product="no such product")).columns == ()


def test_unknown_equipment_has_no_comparison(db) -> None:
    assert shift_comparison(db, PLANT, replace(ASKED, equipment="nowhere"), VORNE) is None
