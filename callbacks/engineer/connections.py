"""Connections: which tab is in the address; sources are looked at every few seconds; refused events are replayed."""

from typing import Any, cast
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.connections import Tab
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.connections import Boards, Ids, layout, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the tab in the address."""
    lang = language()
    return layout(head(services, t("page.connections", lang)), _boards(services, search), lang, **_rights(services))


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
    if not ask or ask["what"] not in ("replay", "mend", "sign"):
        raise PreventUpdate
    who, lang, line, then = services.user(), language(), str(ask.get("line")), "connections.done.what"
    if ask["what"] == "sign":
        services.commissioning.sign(who, str(ask.get("machine")), str(ask.get("although") or ""))
        title, then = t("commissioning.done", lang), "commissioning.done.what"
    elif ask["what"] == "replay":
        done = services.connections.replay(who, line, str(ask.get("reason")))
        title = t("connections.done.replay", lang, n=done)
    else:
        services.connections.mend(who, line, str(ask.get("entry")), str(ask.get("text", "")))
        title = t("connections.done.mend", lang)
    told = {"kind": "done", "key": ask["key"], "title": title, "text": t(then, lang)}
    return told, _result(services, search)


def _result(services: Services, search: str) -> list[Component]:
    return result(_boards(services, search), language(), **_rights(services))


def _rights(services: Services) -> dict[str, bool]:
    who = services.user()
    return {"may_care": may(who, Permission.CARE_FOR_DATA), "may_mend": may(who, Permission.SEND_EVENTS)}


def _boards(services: Services, search: str) -> Boards:
    who, tab = services.user(), _tab(search)
    new = services.commissioning.board(who, _said(search, "source") or None) if tab == "new" else None
    return services.connections.board(who, tab), new


def _tab(search: str) -> Tab:
    said = _said(search, "tab")
    return cast(Tab, said) if said in ("refused", "new") else "sources"


def _said(search: str, key: str) -> str:
    return parse_qs(search.lstrip("?")).get(key, [""])[-1]


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
