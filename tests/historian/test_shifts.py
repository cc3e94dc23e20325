"""Laws of the shift comparison: its steps are the difference, its columns are its trend added up."""

from app.domain.accounting.profiles import VORNE
from app.domain.interval import Interval
from app.historian.process import Historian
from app.views.shifts import shift_comparison
from tests.historian.test_historian import END, LINE, PLANT, START, Stream, told


def test_steps_add_up_to_the_difference_of_the_first_two_columns(db) -> None:
    _, entries = told()
    Historian(db, Stream(entries), [LINE], lambda: END).drain()
    board = shift_comparison(db, PLANT, LINE, Interval(START, END), VORNE)
    assert board is not None
    assert sum(column.n for column in board.columns) == len(board.trend) == 3
    first, second = board.columns[:2]
    assert abs(sum(step.points for step in board.waterfall) - (second.row.oee - first.row.oee)) < 1e-9
    assert shift_comparison(db, PLANT, "nowhere", Interval(START, END), VORNE) is None
