"""A shift's or a day's report: the same tables as its PDF, Excel and CSV; prints as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.build_report import is_unsure, tables_of
from app.boards.files import FileJob
from app.boards.mail import MyMail
from app.boards.report import Cell, Column, ReportBoard, Table
from app.domain.accounting.kpi_row import KpiRow
from app.text.cells import TEXTS, cut_words, shown
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.drawn import drawn
from layouts.components.files_card import Shown, files_form, files_list, is_any_open
from layouts.components.live import field, marks, picker
from layouts.components.mail_card import mail_card
from layouts.components.pagebox import PageHead, page_box
from layouts.figures.losses import loss_waterfall
from layouts.ids import PageIds

FORMS = ("pdf", "xlsx", "csv")
DAYS = 14
LOOK_MS = 1000


class Ids(PageIds, page="reports"):
    """The page's own parts. filters, result: the choice, and what depends on it; mail: subscriptions; files: exports.

    asks: what people ask; look: looks again while a file is being made.
    """

    filters: str
    result: str
    mail: str
    files: str
    asks: str
    look: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What is theirs who asks. places: path -> name of what may be chosen; mail: subscriptions; files: long exports."""

    places: Mapping[str, str]
    mail: MyMail
    files: Sequence[FileJob]
    shown: Shown


def layout(head: PageHead, board: ReportBoard, mine: Mine, lang: str) -> html.Div:
    """Return the page in a language."""
    places = mine.places
    described = replace(head, asks=Ids.asks)
    asked, numbers = board.question, Numbers(lang, board.zone)
    choice = html.Section(filters(board, places, lang), id=Ids.filters, className="card filters")
    result = html.Div(paper(board, numbers), id=Ids.result)
    card = html.Section(mail_card(mine.mail, asked.equipment, places, numbers), id=Ids.mail, className="card mail-card")
    look = dcc.Interval(id=Ids.look, interval=LOOK_MS, disabled=not is_any_open(mine.files))
    return page_box(described, "reports", [choice, result, card, _files(mine, numbers), dcc.Store(id=Ids.asks), look])


def filters(board: ReportBoard, places: Mapping[str, str], lang: str) -> list[Component]:
    """Return what can be chosen: the days up to today or the one shown, the shifts that opened on it."""
    asked = board.question
    newest = max(
        date.fromisoformat(asked.date), datetime.fromtimestamp(board.made_at / 1000, ZoneInfo(board.zone)).date()
    )
    days = {(newest - timedelta(days=n)).isoformat(): (newest - timedelta(days=n)).isoformat() for n in range(DAYS)}
    shifts = {name: name for name in board.offered}
    every = t("report.whole_day", lang)
    return [
        html.H1(t("report.title", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, asked.equipment)),
        field(t("report.day", lang), picker("date", days, asked.date)),
        field(t("report.shift", lang), picker("shift", shifts, asked.shift, first=every)),
    ]


def _files(mine: Mine, numbers: Numbers) -> html.Section:
    parts = [
        html.H2(t("files.title", numbers.lang), className="card__title"),
        html.P(t("files.hint", numbers.lang), className="quiet"),
        html.Div(files_list(mine.files, mine.shown, numbers), id=Ids.files),
        files_form(mine.shown, numbers.lang),
    ]
    return html.Section(parts, className="card mail-card")


def paper(board: ReportBoard, numbers: Numbers) -> list[Component]:
    """Return what depends on the choice: what is reported, files to take away, tables."""
    return [_head(board, numbers), *(_table(table, board, numbers) for table in tables_of(board))]


def _head(board: ReportBoard, numbers: Numbers) -> html.Section:
    lang, asked = numbers.lang, board.question
    window = f"{numbers.moment(board.window.start)} {NONE} {numbers.moment(board.window.end)}"
    made = f"{t('report.made', lang)}: {numbers.moment(board.made_at)}, {board.made_by}"
    foot = " \u00b7 ".join((f"{window} ({board.zone})", t("shifts.profile", lang, profile=board.profile), made))
    unsure = board.total is not None and is_unsure(board, board.total)
    said = {"of_place": asked.equipment, "date": asked.date, "shift": asked.shift or ""}
    files = [
        html.A(
            t(f"report.as.{form}", lang), href=f"/reports/{form}?{urlencode(said)}", className="button", target="_blank"
        )
        for form in FORMS
    ]
    title = f"{board.name} \u00b7 {asked.date} \u00b7 {asked.shift or t('report.whole_day', lang)}"
    return html.Section(
        [
            html.H2(title, className="card__title"),
            html.P(foot, className="quiet"),
            html.P(_unsure(board, numbers), className="unsure-note") if unsure else None,
            html.Div(files, className="files"),
        ],
        className="card",
    )


def _unsure(board: ReportBoard, numbers: Numbers) -> str:
    known = numbers.percent(board.total.coverage if board.total else None)
    return t("report.under_floor", numbers.lang, coverage=known, floor=numbers.percent(board.floor))


def _table(table: Table, board: ReportBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t(table.title, lang), className="card__title")
    heads = [html.Th(t(column.title, lang), className=_side(column)) for column in table.columns]
    body = [
        html.Tr(
            [
                html.Td(_cell(c, v, table.opens[at] if table.opens else None, numbers), className=_side(c))
                for c, v in zip(table.columns, row, strict=True)
            ],
            className="unsure" if at in table.unsure else None,
        )
        for at, row in enumerate(table.rows)
    ]
    filled = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table")
    shown_as = html.Div(filled, className="scroll") if body else html.P(t("report.none", lang), className="quiet")
    said = [html.P(cut_words(table.cut.shown, table.cut.all, lang), className="quiet")] if table.cut else []
    if table.title == "report.losses" and any(board.losses.values()):
        shown_as = html.Div([_waterfall(board, lang), shown_as], className="drawn")
    return html.Section([title, *said, shown_as], className="card table-card")


def _cell(column: Column, value: Cell, row: KpiRow | None, numbers: Numbers) -> str | html.Button:
    """Return a cell; a key figure opens what is behind it, as everywhere."""
    text, (kind, _, kpi) = shown(column.kind, value, numbers), column.title.partition(".")
    if row is None or value is None or kind != "kpi":
        return text
    during = row.shift.name if row.shift else None
    window = {"from": str(row.from_), "to": str(row.to)}
    said = marks(explain=kpi, of=row.equipment, during=during, **window)
    title = t("explain.open", numbers.lang, kpi=t(column.title, numbers.lang))
    return html.Button(text, type="button", className="cell", title=title, **said)


def _waterfall(board: ReportBoard, lang: str) -> dcc.Graph:
    return drawn(loss_waterfall(board.losses, lang))


def _side(column: Column) -> str:
    if column.kind in TEXTS:
        return ""
    return "num lasts" if column.kind == "duration" else "num"
