"""A long table as Excel or CSV, written row by row: the file grows, memory does not."""

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from xlsxwriter import Workbook

from app.boards.files import FileJob, LongTable
from app.boards.report import Cell
from app.reports.paper_csv import BOM, csv_cells, csv_heads
from app.reports.paper_xlsx import SAFE, Filler, looks_of, sheet_name
from app.text.translate import t

MOST_ROWS = 1_000_000
"""A sheet of Excel holds 1 048 576."""
Step = Callable[[int], None]
Take = Callable[[Sequence[Cell]], None]


class TooLong(Exception):
    """More rows than a file may have (MOST_ROWS)."""


def write_long(job: FileJob, table: LongTable, step: Step) -> bytes:
    """Return the file. step: told how many pages are written; may raise to stop. Raises TooLong."""
    return (_as_xlsx if job.question.form == "xlsx" else _as_csv)(job, table, step)


def long_file_name(job: FileJob) -> str:
    """Return the file's name: letters, digits, dot, dash, underscore only."""
    asked = job.question
    said = "-".join((asked.what, asked.equipment, asked.first, asked.last))
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in said) + "." + asked.form


def _fill(table: LongTable, take: Take, step: Step) -> None:
    rows = 0
    for number, page in enumerate(table.pages, 1):
        rows += len(page)
        if rows > MOST_ROWS:
            raise TooLong
        for row in page:
            take(row)
        step(number)


def _as_csv(job: FileJob, table: LongTable, step: Step) -> bytes:
    text, lang = io.StringIO(), job.question.lang
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(csv_heads(table.columns, lang))
    _fill(table, lambda row: writer.writerow(csv_cells(table.columns, row, table.zone, lang)), step)
    return (BOM + text.getvalue()).encode()


def _as_xlsx(job: FileJob, table: LongTable, step: Step) -> bytes:
    asked = job.question
    with tempfile.TemporaryDirectory(prefix="lineside-file-") as folder:
        path = Path(folder, "file.xlsx")
        with Workbook(str(path), {**SAFE, "in_memory": False, "constant_memory": True, "tmpdir": folder}) as book:
            looks = looks_of(book)
            sheet = book.add_worksheet(sheet_name(t(f"files.what.{asked.what}", asked.lang)))
            filler = Filler(sheet, looks, table.zone, asked.lang)
            filler.begin(table.columns)
            _fill(table, lambda row: filler.row(table.columns, row), step)
            filler.end(table.columns)
        return path.read_bytes()
