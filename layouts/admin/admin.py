"""Administration: people, tokens and displays, sign-ins, the audit trail, backups; which one is in the address."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.admin import TABS, AdminBoard, Secret
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.admin_logs import audit, sign_ins, system
from layouts.components.admin_parts import address
from layouts.components.admin_people import people
from layouts.components.admin_tokens import secret_dialog, tokens
from layouts.components.live import marks
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

PARTS: Mapping[str, Callable[[AdminBoard, Numbers], list[Component]]] = {
    "people": people,
    "tokens": tokens,
    "sign_ins": sign_ins,
    "audit": audit,
    "system": system,
}


class Ids(PageIds, page="admin"):
    """The page's own parts. result: the chosen tab; secret: where one is shown once; asks: what people do."""

    result: str
    secret: str
    asks: str


def layout(head: PageHead, board: AdminBoard, lang: str) -> html.Div:
    """Return the page."""
    parts: list[Component | None] = [
        html.H1(t("page.admin", lang), className="sheet__title"),
        html.Div(result(board, lang), id=Ids.result, className="stack"),
        html.Div(id=Ids.secret),
        dcc.Store(id=Ids.asks),
    ]
    return page_box(replace(head, asks=Ids.asks), "admin", parts)


def result(board: AdminBoard, lang: str) -> list[Component]:
    """Return the tabs and what the chosen one holds."""
    return [_tabs(board, lang), *PARTS[board.asked.tab](board, Numbers(lang, board.zone))]


def shown_once(secret: Secret | None, lang: str) -> html.Dialog | None:
    """Return the dialog of a secret, or what takes the one before away."""
    return None if secret is None else secret_dialog(secret, Ids.secret, lang)


def _tabs(board: AdminBoard, lang: str) -> html.Nav:
    links = [
        html.A(
            t(f"admin.tab.{tab}", lang),
            href=address(tab),
            className="tabs__tab",
            **marks(go="", current="page" if tab == board.asked.tab else None),
        )
        for tab in TABS
    ]
    return html.Nav(links, className="tabs")
