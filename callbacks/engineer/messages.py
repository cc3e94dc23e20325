"""Messages: which state is in the address; they are looked at again every few seconds; dead ones are sent again."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.messages import STATES, MessagesBoard
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.messages import Ids, layout, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the state in the address."""
    lang = language()
    return layout(head(services, t("page.messages", lang)), _board(services, search), lang)


def show_choice(services: Services, search: str, path: str) -> list[Component]:
    """Return the messages of another state when the address changes."""
    if path.rstrip("/") != "/messages":
        raise PreventUpdate
    return result(_board(services, search), language())


def show_again(services: Services, looked: int | None, search: str) -> list[Component]:
    """Return the messages as they are now."""
    return result(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Send a dead message again or give a waiting one up; return what the toast says, and the messages."""
    if not ask or ask["what"] not in ("again", "drop"):
        raise PreventUpdate
    desk, who, key, lang = services.loop.messages, services.user(), str(ask.get("message")), language()
    if ask["what"] == "again":
        desk.again(who, key)
    else:
        desk.drop(who, key)
    said = "messages.done" if ask["what"] == "again" else "messages.dropped"
    told = {"kind": "done", "key": ask["key"], "title": t(said, lang), "text": t(f"{said}.what", lang)}
    return told, result(_board(services, search), lang)


def _board(services: Services, search: str) -> MessagesBoard:
    said = parse_qs(search.lstrip("?")).get("state", [""])[-1]
    return services.loop.messages.board(services.user(), said if said in STATES else None, language())


def register(wire: Wire) -> None:
    """The state lives in the address; messages are looked at again with every beat."""
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
