"""One report, four forms: all say what /api/v1/kpis says for the same window, and nothing in them runs."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from dash._utils import to_json
from msgspec import structs

from app.auth.guard import Invalid
from app.boards.build_report import tables_of
from app.boards.report import ReportBoard, ReportQuestion, ReportStop
from app.boards.waterfall import waterfall
from app.domain.accounting.facts import CorrectionFact, OrderFact
from app.domain.accounting.profiles import VORNE
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.historian.database import migrate, open_database
from app.reports.heading import file_name
from app.reports.paper_csv import as_csv
from app.reports.paper_pdf import as_pdf
from app.reports.paper_xlsx import as_xlsx
from app.text.cells import cut_words
from app.text.numbers import THIN, Numbers
from app.views.groupings import grouped_rows
from app.views.report import _in_words, report_board
from layouts.manager.reports import paper
from tests.told import EARLY, LINE, PLANT, tell_early_shift

ASKED = ReportQuestion(LINE, "2026-11-23", "early")
EVIL = '=HYPERLINK("http://evil")'
RATIOS = ("oee", "availability", "performance", "quality", "coverage", "trust", "teep")


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    database = open_database(None, tmp_path_factory.mktemp("told"))
    migrate(database)
    tell_early_shift(database)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def board(db) -> ReportBoard:
    found = report_board(db, PLANT, ASKED, VORNE, EARLY.end)
    assert found is not None
    return replace(found, made_at=EARLY.end, made_by="manager")


def sheet(board: ReportBoard, at: int):
    return openpyxl.load_workbook(io.BytesIO(as_xlsx(board, "en"))).worksheets[at]


def rows_of_csv(board: ReportBoard) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(board, "en").decode("utf-8-sig"))))


def test_the_report_is_what_rest_says_for_its_window(db, board: ReportBoard) -> None:
    (row,) = grouped_rows(db, PLANT, (LINE, EARLY), (), VORNE)
    assert board.window == EARLY
    assert board.total == row
    assert row.oee is not None


def test_losses_add_up_to_planned_busy_time_and_stops_to_what_stood(board: ReportBoard) -> None:
    buckets = board.total.buckets_ms
    assert sum(board.losses.values()) == sum(buckets.values()) - buckets["unscheduled"] - buckets["planned_stop"]
    assert board.stop_count == EARLY.length // (20 * MINUTE_MS)
    assert [stop.ms for stop in board.stops] == sorted((stop.ms for stop in board.stops), reverse=True)


def test_excel_and_csv_hold_the_figures_to_the_last_digit(board: ReportBoard) -> None:
    figures = [getattr(board.total, key) for key in RATIOS]
    cells = [cell.value for cell in sheet(board, 1)[2]][2:9]
    assert cells == figures
    table = rows_of_csv(board)
    line = table[table.index(["Key figures"]) + 2]
    assert [float(cell) for cell in line[2:9]] == figures


def test_excel_has_numbers_dates_in_plant_time_and_a_frozen_header(board: ReportBoard) -> None:
    stops = sheet(board, 6)
    first = stops[2]
    assert first[1].is_date
    assert first[1].value == datetime.fromtimestamp(board.stops[0].start / 1000, ZoneInfo(board.zone)).replace(
        tzinfo=None
    )
    assert sheet(board, 1)["C2"].data_type == "n"
    assert stops.freeze_panes == "B2"


def test_no_text_becomes_a_formula_anywhere(board: ReportBoard) -> None:
    stop = ReportStop(f"{LINE}/filler", EARLY.start, 1, "unplanned_stop", EVIL, "@who", EVIL)
    hostile = replace(board, name=EVIL, made_by="=1+1", stops=(stop,))
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(hostile, "en")))
    kinds = {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book.worksheets[6]["E2"].value == EVIL
    cells = [cell for row in rows_of_csv(hostile) for cell in row if cell]
    assert "'" + EVIL in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_pdf_says_place_figures_and_who_asked(board: ReportBoard, lang: str) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(as_pdf(board, lang))).pages)
    assert LINE in text
    assert "vorne@" in text
    assert "manager" in text
    shown = f"{board.total.oee * 100:.1f}".replace(".", "," if lang == "de" else ".")
    assert shown in text


def test_markup_in_a_text_is_text_in_the_pdf(board: ReportBoard) -> None:
    hostile = replace(board, name="<b>& <img src='file:///etc/passwd'>")
    text = pypdf.PdfReader(io.BytesIO(as_pdf(hostile, "en"))).pages[0].extract_text()
    assert "<img src=" in text


@pytest.mark.parametrize("asked", [
    ReportQuestion(LINE, "yesterday"), ReportQuestion(LINE, "0001-01-01"), ReportQuestion(LINE, "2026-11-22", "early"),
    ReportQuestion(LINE, "2026-11-23", "no-such"),
])  # fmt: skip
def test_a_day_or_shift_there_is_not_is_refused_in_words(db, asked: ReportQuestion) -> None:
    with pytest.raises(Invalid, match=r"date=|shift"):
        report_board(db, PLANT, asked, VORNE, EARLY.end)


def test_a_day_is_its_shifts_from_the_first_to_the_last_and_unknown_places_are_none(db) -> None:
    found = report_board(db, PLANT, ReportQuestion(LINE, "2026-11-23"), VORNE, EARLY.end)
    assert found.window == Interval(EARLY.start, EARLY.start + 24 * HOUR_MS)
    newest = report_board(db, PLANT, ReportQuestion(LINE), VORNE, EARLY.end)
    assert newest.question.date == "2026-11-23"
    assert report_board(db, PLANT, ReportQuestion("nowhere"), VORNE, EARLY.end) is None


def test_a_file_is_named_in_plain_letters(board: ReportBoard) -> None:
    hostile = replace(board, question=replace(ASKED, shift='a"\r\nX: y/..'))
    assert set(file_name(hostile, "pdf")) <= set("abcdefghijklmnopqrstuvwxyzXABCDEFGHIJKLMNOPQRSTUVWYZ0123456789._-")


def test_a_list_that_was_shortened_says_so_in_every_form(board: ReportBoard) -> None:
    long = replace(board, stop_count=99, longer=frozenset({"orders"}), orders=(OrderFact(LINE, "4711", None, 1, 0, 1),))
    said, open_ended = cut_words(len(board.stops), 99, "en"), cut_words(1, None, "en")
    pdf = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(as_pdf(long, "en"))).pages)
    cells = {cell for row in rows_of_csv(long) for cell in row}
    shown = json.dumps(to_json(paper(long, Numbers("en", board.zone))))
    for words in (said, open_ended):
        assert words in pdf
        assert words in cells
        assert words in shown
    assert [row[0].value for row in sheet(long, 6)][-1] == said
    assert [row[0].value for row in sheet(long, 7)][-1] == open_ended


def test_figures_under_the_coverage_floor_are_grey_and_no_others(board: ReportBoard) -> None:
    (table, *_), numbers = tables_of(board), Numbers("en", board.zone)
    assert table.unsure == frozenset()
    dim = replace(board, floor=2.0)
    assert tables_of(dim)[0].unsure == {0}
    assert [sheet(b, 1)["C2"].font.italic for b in (board, dim)] == [False, True]
    shown = [json.dumps(to_json(paper(b, numbers))) for b in (board, dim)]
    assert ["not judged" in text and "unsure" in text for text in shown] == [False, True]


def test_the_waterfall_closes_and_is_drawn_on_paper(board: ReportBoard) -> None:
    first, *losses, good = waterfall(board.losses)
    assert first.ms - sum(bar.ms for bar in losses) == good.ms
    assert losses[-1].base == good.size
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(as_pdf(board, "en"))).pages)
    assert Numbers("en", "UTC").minutes(first.ms).replace(THIN, " ") in text.replace("\u00a0", " ")
    assert as_pdf(replace(board, losses={}), "en").startswith(b"%PDF")


def test_a_correction_says_its_reason_by_name(db) -> None:
    said = CorrectionFact("id", LINE, "classify", EARLY.start, "ada", EARLY.start, None, "jam", None)
    assert _in_words(PLANT, said).what == PLANT.reasons.get("jam").name
    assert _in_words(PLANT, structs.replace(said, what="good -3")).what == "good -3"


def test_products_add_up_to_the_whole_of_what_was_made(board: ReportBoard) -> None:
    assert board.products
    assert sum(row.reject for row in board.products) == board.total.reject
    assert sum(row.good for row in board.products) == board.total.good
    two = replace(board, products=(structs.replace(board.products[0], product="cola"), board.products[0]))
    table = next(table for table in tables_of(two) if table.title == "report.products")
    assert [row[1] for row in table.rows] == ["cola", None]
