"""Maintenance: how machines are, worst first; work orders from open to done; work that is due again and again."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.maintenance import MaintenanceBoard
from app.text.translate import t
from layouts.components.health_list import health_list
from layouts.components.live import field, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.components.plan_list import plan_list
from layouts.components.work_board import order_form, work_board
from layouts.ids import PageIds

LOOK_MS = 10_000


class Ids(PageIds, page="maintenance"):
    """The page's own parts. health, orders: looked at again with each beat; forms: what people are filling in stays."""

    filters: str
    health: str
    orders: str
    forms: str
    asks: str
    look: str


def layout(head: PageHead, board: MaintenanceBoard, places: dict[str, str], lang: str) -> html.Div:
    """Return the page. places: path -> name of what may be chosen."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(health_list(board, lang), id=Ids.health),
        html.Div(work_board(board, lang), id=Ids.orders),
        html.Div(forms(board, lang), id=Ids.forms, className="stack"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "maintenance", parts)


def filters(board: MaintenanceBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    return [
        html.H1(t("page.maintenance", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.place)),
    ]


def forms(board: MaintenanceBoard, lang: str) -> list[Component]:
    """Return the form for a new order, and the plans with theirs."""
    return [*([order_form(board, lang)] if board.may_make else []), plan_list(board, lang)]
