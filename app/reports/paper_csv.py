"""A report as CSV: tables below one another; numbers plain and whole, times ISO 8601 in plant time, texts never run."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.boards.build_report import tables_of
from app.boards.report import Cell, Column, ReportBoard
from app.reports.heading import heading
from app.text.cells import TEXTS, cut_words, in_words, safe_cell
from app.text.translate import t

BOM = "\ufeff"
"""Excel reads UTF-8 as such only behind it."""


def as_csv(board: ReportBoard, lang: str) -> bytes:
    """Return the file. Ratios are fractions and durations milliseconds, exactly as /api/v1/kpis gives them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([safe_cell(words), safe_cell(value)] for words, value in heading(board, lang))
    for table in tables_of(board):
        writer.writerow([])
        said = [cut_words(table.cut.shown, table.cut.all, lang)] if table.cut else []
        writer.writerow([t(table.title, lang), *said])
        writer.writerow(csv_heads(table.columns, lang))
        writer.writerows(csv_cells(table.columns, row, board.zone, lang) for row in table.rows)
    return (BOM + text.getvalue()).encode()


def csv_heads(columns: Sequence[Column], lang: str) -> list[str]:
    """Return a table's header row, with units where a number alone would not say."""
    return [t(column.title, lang) + _unit(column) for column in columns]


def _unit(column: Column) -> str:
    return " [ms]" if column.kind == "duration" else ""


def csv_cells(columns: Sequence[Column], row: Sequence[Cell], zone: str, lang: str) -> list[object]:
    """Return a row as it is written: whole numbers, times in plant time, texts that never run."""
    return [_cell(column, value, zone, lang) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Cell, zone: str, lang: str) -> object:
    if value is None:
        return ""
    if column.kind in TEXTS:
        words = in_words(column.kind, str(value), lang)
        return words if column.kind == "word" else safe_cell(words)
    if column.kind == "moment":
        return datetime.fromtimestamp(float(value) / 1000, ZoneInfo(zone)).isoformat(timespec="seconds")
    return value
