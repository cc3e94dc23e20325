"""A report as Excel: a sheet per table, real numbers and plant-time dates, frozen header; texts are never formulas."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.boards.build_report import tables_of
from app.boards.report import Cell, Column, Kind, ReportBoard, Table
from app.reports.heading import heading
from app.text.cells import TEXTS, cut_words, in_words
from app.text.translate import t

DAY_MS = 86_400_000
_NUMBERS: Mapping[Kind, str] = {
    "ratio": "0.0%",
    "whole": "#,##0",
    "duration": "[h]:mm:ss",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
_GREY = "#8a949e"
_FORBIDDEN = "[]:*?/\\"
_LEAST, _MOST = 10, 60
SAFE: Mapping[str, object] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Looks(NamedTuple):
    """How a book's cells look. cells: by kind, and whether it is grey."""

    head: Format
    cells: Mapping[tuple[Kind, bool], Format]


def as_xlsx(board: ReportBoard, lang: str) -> bytes:
    """Return the file. Ratios are whole fractions shown as percent; durations are days, as spreadsheets count time."""
    file = io.BytesIO()
    with Workbook(file, SAFE) as book:
        looks = looks_of(book)
        _front(book.add_worksheet(sheet_name(t("report.title", lang))), board, lang)
        for table in tables_of(board):
            sheet = book.add_worksheet(sheet_name(t(table.title, lang)))
            Filler(sheet, looks, board.zone, lang).fill(table)
    return file.getvalue()


def _front(sheet: Worksheet, board: ReportBoard, lang: str) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _MOST)
    for at, (words, value) in enumerate(heading(board, lang)):
        sheet.write_string(at, 0, words)
        sheet.write_string(at, 1, value)


def looks_of(book: Workbook) -> Looks:
    """Return how headers and cells look."""
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    cells = {}
    for kind in get_args(Kind):
        said = {"num_format": _NUMBERS[kind]} if kind in _NUMBERS else {}
        cells[kind, False] = book.add_format(said)
        cells[kind, True] = book.add_format(said | {"font_color": _GREY, "italic": True})
    return Looks(head, cells)


def sheet_name(words: str) -> str:
    """Return a sheet's name as Excel takes it: at most 31 characters, none of `_FORBIDDEN`."""
    return "".join(c for c in words if c not in _FORBIDDEN)[:31]


class Filler:
    """Writes one table into one sheet, from its first row down."""

    def __init__(self, sheet: Worksheet, looks: Looks, zone: str, lang: str) -> None:
        self._sheet = sheet
        self._looks = looks
        self._zone = ZoneInfo(zone)
        self._lang = lang
        self._rows = 0

    def fill(self, table: Table) -> None:
        """Write a whole table; below it, where it was shortened, that it was."""
        self.begin(table.columns, table.rows)
        for at, row in enumerate(table.rows):
            self.row(table.columns, row, grey=at in table.unsure)
        self.end(table.columns)
        if table.cut is not None:
            self._sheet.write_string(self._rows + 2, 0, cut_words(table.cut.shown, table.cut.all, self._lang))

    def begin(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]] = ()) -> None:
        """Write the header, freeze it and set the widths; rows: those that are known, for the width of texts."""
        for at, column in enumerate(columns):
            words = t(column.title, self._lang)
            self._sheet.write_string(0, at, words, self._looks.head)
            texts = [len(str(row[at] or "")) for row in rows if column.kind in TEXTS]
            usual = 20 if column.kind == "moment" else _LEAST
            self._sheet.set_column(at, at, min(_MOST, max(usual, len(words) + 2, *texts, 0)))
        self._sheet.freeze_panes(1, 1)

    def row(self, columns: Sequence[Column], row: Sequence[Cell], *, grey: bool = False) -> None:
        """Write the next row; grey: what it says is not judged."""
        self._rows += 1
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            self._write((self._rows, at), column, value, self._looks.cells[column.kind, grey])

    def end(self, columns: Sequence[Column]) -> None:
        """Offer filters over what was written."""
        self._sheet.autofilter(0, 0, max(1, self._rows), len(columns) - 1)

    def _write(self, where: tuple[int, int], column: Column, value: Cell, look: Format) -> None:
        if value is None:
            return
        if column.kind in TEXTS:
            self._sheet.write_string(*where, in_words(column.kind, str(value), self._lang), look)
        elif column.kind == "moment":
            local = datetime.fromtimestamp(float(value) / 1000, self._zone).replace(tzinfo=None)
            self._sheet.write_datetime(*where, local, look)
        else:
            self._sheet.write_number(*where, float(value) / (DAY_MS if column.kind == "duration" else 1), look)
