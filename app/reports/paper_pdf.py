"""A report as PDF, A4 landscape: heading, tables with a header on every page, page numbers."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from app.boards.build_report import tables_of
from app.boards.report import Column, ReportBoard, Table
from app.reports.heading import heading
from app.reports.paper_waterfall import HEIGHT, paper_waterfall
from app.text.cells import TEXTS, cut_words, shown
from app.text.numbers import THIN, Numbers
from app.text.translate import t

_Side = Literal[0, 2]
"""Left or right, as reportlab counts."""
_MARGIN = 14 * mm
_SIDE = _MARGIN - 6
"""A frame keeps 6 points to itself."""
_WIDTH = landscape(A4)[0] - 2 * _MARGIN
_INK, _QUIET, _RULE = HexColor("#1d2733"), HexColor("#5b6776"), HexColor("#c9d1da")
_GREY = HexColor("#98a2ad")
_LEAST = 40 * mm
"""Space a table needs at the foot of a page to begin there."""
_FONT, _BOLD = "Vera", "VeraBd"
_WIDE = {
    "text": 2.2,
    "word": 1.8,
    "rule": 1.8,
    "detail": 2.2,
    "moment": 1.9,
    "duration": 1.45,
    "ratio": 1.2,
    "whole": 1.05,
}
_NARROW = 3
"""A table of so few columns takes half the width."""


def as_pdf(board: ReportBoard, lang: str) -> bytes:
    """Return the file. Its font (Bitstream Vera, in the library) has western European letters."""
    for name in (_FONT, _BOLD):
        path = Path(str(reportlab.__file__)).parent / "fonts" / f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path)))
    file = io.BytesIO()
    title = f"{t('report.title', lang)}: {board.name}"
    document = SimpleDocTemplate(
        file, pagesize=landscape(A4), leftMargin=_SIDE, rightMargin=_SIDE, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=title, author="Lineside", subject=board.profile,
    )  # fmt: skip
    parts: list[Flowable] = [Paragraph(escape(title), _style(15, _BOLD, _INK)), Spacer(0, 3 * mm)]
    parts += [_line(f"{words}: {value}") for words, value in heading(board, lang)]
    for table in tables_of(board):
        parts += _part(table, board, lang)
    document.build(parts, onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _style(size: float, font: str, ink: Color, align: _Side = 0) -> ParagraphStyle:
    return ParagraphStyle("", fontName=font, fontSize=size, leading=size * 1.3, textColor=ink, alignment=align)


def _line(text: str) -> Paragraph:
    return Paragraph(_plain(text), _style(8, _FONT, _QUIET))


def _plain(text: str) -> str:
    return escape(text.replace(THIN, "\u00a0"))


def _part(table: Table, board: ReportBoard, lang: str) -> list[Flowable]:
    is_drawn = table.title == "report.losses" and any(board.losses.values())
    parts: list[Flowable] = [
        CondPageBreak(HEIGHT + _LEAST if is_drawn else _LEAST),
        Spacer(0, 5 * mm),
        Paragraph(_plain(t(table.title, lang)), _style(10.5, _BOLD, _INK)),
        Spacer(0, 1.5 * mm),
    ]
    if table.cut is not None:
        parts.append(_line(cut_words(table.cut.shown, table.cut.all, lang)))
    if is_drawn:
        parts += [paper_waterfall(board.losses, _WIDTH, _FONT, lang), Spacer(0, 2 * mm)]
    if not table.rows:
        return [*parts, _line(t("report.none", lang))]
    heads = [Paragraph(_plain(t(c.title, lang)), _style(6, _BOLD, _QUIET, _side(c))) for c in table.columns]
    numbers = Numbers(lang, board.zone)
    inks = [_GREY if at in table.unsure else _INK for at in range(len(table.rows))]
    body = [
        [_cell(c, shown(c.kind, v, numbers), ink) for c, v in zip(table.columns, row, strict=True)]
        for row, ink in zip(table.rows, inks, strict=True)
    ]
    grid = Grid([heads, *body], colWidths=_widths(table.columns), repeatRows=1, hAlign="LEFT")
    grid.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, _QUIET),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            *(("LEFTPADDING", (at, 0), (at, -1), 12) for at in _after_numbers(table.columns)),
        ])
    )  # fmt: skip
    return [*parts, grid]


def _widths(columns: Sequence[Column]) -> list[float]:
    parts = [_WIDE[column.kind] for column in columns]
    width = _WIDTH / 2 if len(columns) <= _NARROW else _WIDTH
    return [width * part / sum(parts) for part in parts]


def _after_numbers(columns: Sequence[Column]) -> list[int]:
    """Return where a text stands right of a number: they need air between them."""
    sides = [_side(column) for column in columns]
    return [at for at in range(1, len(sides)) if sides[at] < sides[at - 1]]


def _side(column: Column) -> _Side:
    return 0 if column.kind in TEXTS else 2


def _cell(column: Column, text: str, ink: Color) -> Paragraph:
    return Paragraph(_plain(text), _style(7, _FONT, ink, _side(column)))


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 7)
    canvas.setFillColor(_QUIET)
    canvas.drawRightString(landscape(A4)[0] - _MARGIN, 8 * mm, str(canvas.getPageNumber()))
