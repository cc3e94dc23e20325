"""A report as Excel: a sheet per table, real numbers and plant-time dates, frozen header; texts are never formulas."""

import io
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.boards.build_report import tables_of
from app.boards.report import Cell, Column, Kind, ReportBoard, Table
from app.reports.heading import heading
from app.text.translate import t

DAY_MS = 86_400_000
_NUMBERS: Mapping[Kind, str] = {
    "ratio": "0.0%",
    "whole": "#,##0",
    "duration": "[h]:mm:ss",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
_FORBIDDEN = "[]:*?/\\"
_LEAST, _MOST = 10, 60
_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def as_xlsx(board: ReportBoard, lang: str) -> bytes:
    """Return the file. Ratios are whole fractions shown as percent; durations are days, as spreadsheets count time."""
    file = io.BytesIO()
    with Workbook(file, _SAFE) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _NUMBERS.items()}
        _front(book.add_worksheet(_name(t("report.title", lang))), board, lang)
        for table in tables_of(board):
            sheet = book.add_worksheet(_name(t(table.title, lang)))
            _Filler(sheet, formats, head, board.zone, lang).fill(table)
    return file.getvalue()


def _front(sheet: Worksheet, board: ReportBoard, lang: str) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _MOST)
    for at, (words, value) in enumerate(heading(board, lang)):
        sheet.write_string(at, 0, words)
        sheet.write_string(at, 1, value)


def _name(words: str) -> str:
    """Return a sheet's name as Excel takes it: at most 31 characters, none of `_FORBIDDEN`."""
    return "".join(c for c in words if c not in _FORBIDDEN)[:31]


class _Filler:
    """Writes one table into one sheet."""

    def __init__(self, sheet: Worksheet, formats: Mapping[Kind, Format], head: Format, zone: str, lang: str) -> None:
        self._sheet = sheet
        self._formats = formats
        self._head = head
        self._zone = ZoneInfo(zone)
        self._lang = lang

    def fill(self, table: Table) -> None:
        """Write header and rows, freeze the header, set the widths, offer filters."""
        for at, column in enumerate(table.columns):
            words = t(column.title, self._lang)
            self._sheet.write_string(0, at, words, self._head)
            texts = [len(str(row[at] or "")) for row in table.rows if column.kind in ("text", "word")]
            usual = 20 if column.kind == "moment" else _LEAST
            self._sheet.set_column(at, at, min(_MOST, max(usual, len(words) + 2, *texts, 0)))
        for number, row in enumerate(table.rows, 1):
            for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._write(number, at, column, value)
        self._sheet.freeze_panes(1, 1)
        self._sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)

    def _write(self, row: int, at: int, column: Column, value: Cell) -> None:
        if value is None:
            return
        shown = self._formats.get(column.kind)
        if column.kind in ("text", "word"):
            self._sheet.write_string(row, at, t(str(value), self._lang) if column.kind == "word" else str(value))
        elif column.kind == "moment":
            local = datetime.fromtimestamp(float(value) / 1000, self._zone).replace(tzinfo=None)
            self._sheet.write_datetime(row, at, local, shown)
        else:
            self._sheet.write_number(row, at, float(value) / (DAY_MS if column.kind == "duration" else 1), shown)
