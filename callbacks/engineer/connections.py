"""Connections: which tab is in the address; sources are looked at every few seconds; refused events are replayed."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.connections import ConnectionsBoard, Tab
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.connections import Ids, layout, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the tab in the address."""
    lang = language()
    return layout(head(services, t("page.connections", lang)), _board(services, search), lang, **_rights(services))


def show_choice(services: Services, search: str, path: str) -> list[Component]:
    """Return the other tab when the address changes."""
    if path.rstrip("/") != "/connections":
        raise PreventUpdate
    return _result(services, search)


def show_again(services: Services, looked: int | None, search: str) -> list[Component]:
    """Return the sources as they are now; what somebody may be writing on stays."""
    if _tab(search) != "sources":
        raise PreventUpdate
    return _result(services, search)


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Replay what was asked for; return what the toast says, and what is still refused."""
    if not ask or ask["what"] not in ("replay", "mend"):
        raise PreventUpdate
    who, lang, line = services.user(), language(), str(ask.get("line"))
    if ask["what"] == "replay":
        done = services.connections.replay(who, line, str(ask.get("reason")))
        title = t("connections.done.replay", lang, n=done)
    else:
        services.connections.mend(who, line, str(ask.get("entry")), str(ask.get("text", "")))
        title = t("connections.done.mend", lang)
    told = {"kind": "done", "key": ask["key"], "title": title, "text": t("connections.done.what", lang)}
    return told, _result(services, search)


def _result(services: Services, search: str) -> list[Component]:
    return result(_board(services, search), language(), **_rights(services))


def _rights(services: Services) -> dict[str, bool]:
    who = services.user()
    return {"may_care": may(who, Permission.CARE_FOR_DATA), "may_mend": may(who, Permission.SEND_EVENTS)}


def _board(services: Services, search: str) -> ConnectionsBoard:
    return services.connections.board(services.user(), _tab(search))


def _tab(search: str) -> Tab:
    said = parse_qs(search.lstrip("?")).get("tab", [""])[-1]
    return "refused" if said == "refused" else "sources"


def register(wire: Wire) -> None:
    """The tab lives in the address; sources are looked at again with every beat."""
    wire(
        show_choice,
        Output(Ids.result, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        show_again,
        Output(Ids.result, "children", allow_duplicate=True),
        Input(Ids.look, "n_intervals"),
        State(FrameIds.url, "search"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.result, "children", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
