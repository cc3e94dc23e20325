"""Shift comparison where it is hard: lines whose shifts differ, and products made in different shares."""

import pytest

from app.boards.shifts import WAYS, CompareBy, ShiftComparison, ShiftQuestion
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.profiles import VORNE
from app.domain.events.contract import Counted, Event, OrderChanged, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.historian.database import Database
from app.historian.writer import write
from app.views.groupings import grouped_rows
from app.views.plant import plant_board
from app.views.shifts import shift_comparison
from tests.golden.story import NoPages
from tests.makers import THREE_SHIFTS, a_plant_file, plant_from, utc_ms

START = utc_ms("2026-11-23T05:00")  # Monday, 06:00 in Berlin
WINDOW = Interval(START, START + 24 * HOUR_MS)
AREA, LINES = "site/area", ("site/area/line-1", "site/area/line-2")
HALVES = [{"name": "day", "start": "07:30", "end": "17:00"}, {"name": "late", "start": "17:00", "end": "21:30"}]


def a_file() -> dict[str, object]:
    """One area, two lines: three shifts round the clock, and two with time outside shifts between them."""
    file = a_plant_file(line={"shifts": THREE_SHIFTS})
    lines = file["sites"][0]["areas"][0]["lines"]
    lines.append({"id": "line-2", "machines": [{"id": "machine", "template": "common"}], "shifts": HALVES})
    return file


PLANT = plant_from(a_file())


def events(line: str, good: int) -> list[Event]:
    """A day of a minute's work and a stop every hour; cola and water in turn, water in fewer hours on line 2."""
    found: list[Event] = []
    about = {"source": "plc", "epoch": 1}
    for minute in range(WINDOW.length // MINUTE_MS):
        t = START + minute * MINUTE_MS
        if minute % 180 == 0:
            product = "water" if minute // 180 % (2 if line == LINES[0] else 3) else "cola"
            order = {"machine": line, "t": t, "source": "erp", "epoch": 1, "seq": minute}
            found.append(OrderChanged(**order, action="start", order=f"o{minute}", product=product, quantity=9_000))
        machine = {"machine": f"{line}/machine", **about}
        found.append(StateChanged(**machine, t=t, seq=2 * minute, state="stop" if minute % 60 < 9 else "run"))
        found.append(Counted(**machine, t=t + 30_000, seq=2 * minute + 1, good=good * (minute % 60 >= 9), reject=0))
    return found


@pytest.fixture
def told(db: Database) -> Database:
    for line, good in zip(LINES, (40, 50), strict=True):
        ledger = Ledger(PLANT.line(line), PLANT, NoPages())
        ledger.apply(events(line, good))
        for entry in range(20):
            facts = ledger.settle(WINDOW.end, open_hours=True if not entry else None)
            write(db, line, b"%d-0" % entry, facts, b"%d-0" % (entry + 1), WINDOW.end)
    return db


def compared(db: Database, by: CompareBy, **more: object) -> ShiftComparison:
    board = shift_comparison(db, PLANT, ShiftQuestion(AREA, WINDOW, by, **more), VORNE)
    assert board is not None
    return board


@pytest.mark.parametrize("by", WAYS)
def test_lines_with_other_shifts_add_up_to_the_area_without_the_time_outside_shifts(told: Database, by: CompareBy):
    rows = grouped_rows(told, PLANT, (AREA, WINDOW), ("shift",), VORNE)
    inside = [row for row in rows if row.shift is not None]
    columns = [column.row for column in compared(told, by).columns]
    assert sum(row.good for row in columns) == sum(row.good for row in inside) > 0
    assert sum(sum(row.buckets_ms.values()) for row in columns) == sum(sum(row.buckets_ms.values()) for row in inside)


def test_a_shift_name_two_calendars_share_is_one_set_over_both_lines(told: Database) -> None:
    columns = {column.key: column.row for column in compared(told, "shift").columns}
    assert set(columns) == {"early", "late", "night", "day"}
    alone = [shift_comparison(told, PLANT, ShiftQuestion(line, WINDOW), VORNE) for line in LINES]
    late = [column.row for board in alone for column in board.columns if column.key == "late"]
    assert len(late) == 2
    assert columns["late"].good == sum(row.good for row in late)


def test_like_for_like_says_which_products_and_judges_the_difference_it_shows(told: Database) -> None:
    board = compared(told, "line", like_for_like=True)
    rows = {column.key: column.row for column in board.columns}
    assert board.mix == ("cola", "water")
    shown = rows[LINES[1]].oee - rows[LINES[0]].oee
    assert board.pair.evidence.points == pytest.approx(shown, abs=1e-7)
    assert sum(step.points for step in board.pair.steps) == pytest.approx(shown, abs=1e-9)
    plain = compared(told, "line")
    assert plain.pair.evidence.points == pytest.approx(plain.columns[1].row.oee - plain.columns[0].row.oee)


def test_the_network_adds_lines_of_different_calendars(told: Database) -> None:
    board = plant_board(told, PLANT, WINDOW, VORNE, lambda _: True)
    (area,) = (place for place in board.rows if place.level == "area")
    (row,) = grouped_rows(told, PLANT, (AREA, WINDOW), (), VORNE)
    assert area.row == row


def test_time_outside_shifts_is_one_row_a_gap_that_says_when(told: Database) -> None:
    rows = grouped_rows(told, PLANT, (LINES[1], WINDOW), ("shift",), VORNE)
    assert [(row.from_, row.to, row.shift is None) for row in rows] == [
        (START, START + 90 * MINUTE_MS, True),
        (START + 90 * MINUTE_MS, START + 660 * MINUTE_MS, False),
        (START + 660 * MINUTE_MS, START + 930 * MINUTE_MS, False),
        (START + 930 * MINUTE_MS, WINDOW.end, True),
    ]
    assert all(sum(row.buckets_ms.values()) == row.to - row.from_ for row in rows)
