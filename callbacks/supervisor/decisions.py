"""Decisions: the address says of what; suggestions are looked at again every few seconds."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.decisions import DecisionsBoard
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.suggestion import carry_out, decide
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.supervisor.decisions import Ids, filters, layout, result, signature

Ask = dict[str, Any]
DOES = {"decide": decide, "carry_out": carry_out}


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    title = head(services, t("page.decisions", language()))
    return layout(title, _board(services, search), services.places(), language())


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component], str]:
    """Return filter and list again when the choice changes."""
    if path.rstrip("/") != "/decisions":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, services.places(), lang), result(board, lang), signature(board)


def show_again(services: Services, looked: int | None, search: str, shown: str) -> tuple[list[Component], str]:
    """Return the list when it is another one than on the screen."""
    board = _board(services, search)
    if signature(board) == shown:
        raise PreventUpdate
    return result(board, language()), signature(board)


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, Any], list[Component], str]:
    """Do what was asked about a suggestion; return what the toast says, and the list."""
    if not ask or ask["what"] not in DOES:
        raise PreventUpdate
    told = {**DOES[ask["what"]](services, ask), "key": ask["key"]}
    board = _board(services, search)
    return told, result(board, language()), signature(board)


def _board(services: Services, search: str) -> DecisionsBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    return services.loop.decisions.board(services.user(), place)


def register(wire: Wire) -> None:
    """The choice lives in the address; the list is looked at again with every beat."""
    drawn = (Output(Ids.result, "children", allow_duplicate=True), Output(Ids.shown, "data", allow_duplicate=True))
    wire(
        show_choice,
        Output(Ids.filters, "children"),
        Output(Ids.result, "children"),
        Output(Ids.shown, "data"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(show_again, *drawn, Input(Ids.look, "n_intervals"), State(FrameIds.url, "search"), State(Ids.shown, "data"))
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        *drawn,
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
