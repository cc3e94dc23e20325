"""Alerts: what waits for somebody, by priority and time; what is off the screen; how good alerts and rules are."""

from dataclasses import replace
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.alerts import TABS, AlertsBoard, AlertsQuestion
from app.domain.alerts.condition import PRIORITIES
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.alert_card import alert_card
from layouts.components.alert_tables import health_table, hidden_table, nothing, rules_table
from layouts.components.live import field, marks, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 5_000


class Ids(PageIds, page="alerts"):
    """The page's own parts. result: what depends on the choice and the moment; asks: what people do; look: the beat."""

    filters: str
    result: str
    asks: str
    look: str


def layout(head: PageHead, board: AlertsBoard, places: dict[str, str], lang: str) -> html.Div:
    """Return the page. places: path -> name of what may be chosen."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(result(board, lang), id=Ids.result, className="stack"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "alerts", parts)


def filters(board: AlertsBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    asked, every = board.question, t("catalogue.all", lang)
    priorities: dict[str, str] = {p: t(f"alert.priority.{p}", lang) for p in PRIORITIES}
    return [
        html.H1(t("page.alerts", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, asked.place, first=every)),
        field(t("alert.priority", lang), picker("priority", priorities, asked.priority, first=every)),
    ]


def result(board: AlertsBoard, lang: str) -> list[Component]:
    """Return the tabs with their counts and what the chosen one holds."""
    numbers, asked = Numbers(lang, board.zone), board.question
    if asked.alert is None and asked.tab == "hidden":
        return [_tabs(board, lang), hidden_table(board, numbers)]
    if asked.alert is None and asked.tab == "health":
        return [_tabs(board, lang), health_table(board, numbers)]
    if asked.alert is None and asked.tab == "rules":
        return [_tabs(board, lang), rules_table(board, numbers)]
    return [_tabs(board, lang), *_cards(board, numbers)]


def _cards(board: AlertsBoard, numbers: Numbers) -> list[Component]:
    lang = numbers.lang
    found: list[Component] = [alert_card(row, board, numbers) for row in board.rows]
    if board.waits:
        found.append(_summary(board, numbers))
    if found:
        return found
    if board.question.alert is not None:
        return [nothing("alert.none.one", lang)]
    return [nothing("alert.none.ended" if board.question.tab == "ended" else "alert.none.open", lang)]


def _summary(board: AlertsBoard, numbers: Numbers) -> html.Details:
    """Return low-priority alerts of a flood as one; each can still be looked at and answered."""
    said = t("alert.waits", numbers.lang, n=len(board.waits))
    cards = [alert_card(row, board, numbers) for row in board.waits]
    head = html.Summary([html.B(said), html.Small(t("alert.waits.what", numbers.lang))])
    return html.Details([head, html.Div(cards, className="stack")], key="waits", className="card alert-waits")


def _tabs(board: AlertsBoard, lang: str) -> html.Nav:
    asked = board.question
    links = [
        html.A(
            t(f"alert.tab.{tab}", lang, n=board.counts.get(tab, 0)),
            href=_address(replace(asked, tab=tab, alert=None)),
            className="tabs__tab",
            **marks(go="", current="page" if tab == asked.tab and asked.alert is None else None),
        )
        for tab in TABS
    ]
    return html.Nav(links, className="tabs")


def _address(asked: AlertsQuestion) -> str:
    said = {"of_place": asked.place, "priority": asked.priority, "tab": asked.tab}
    return "/alerts?" + urlencode({key: value for key, value in said.items() if value}, safe="/")
