"""Practice: the address says on which line; what is done in it goes into this person's own results, nowhere else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.practice import PracticeBoard
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.operator.practice import Ids, clock, drawn, filters, layout, stage

Ask = dict[str, Any]
Parts = list[Component]


def page(services: Services, search: str) -> html.Div:
    """Return the page of the line in the address."""
    board, lang = _board(services, search), language()
    title = head(services, t("page.practice", lang))
    return layout(title, board, _lines(services), services.reasons(board.line), lang)


def show_choice(services: Services, search: str, path: str) -> tuple[Parts, Parts, Parts, str]:
    """Return everything again when another line is chosen."""
    if path.rstrip("/") != "/practice":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    shown = stage(board, services.reasons(board.line), lang)
    return filters(board, _lines(services), lang), clock(board, lang), shown, drawn(board)


def show_again(services: Services, looked: int | None, search: str, before: str) -> tuple[Parts, Any, str]:
    """Let the scene go on; the stage is drawn again only when something happened, so that nobody's click is lost."""
    board, lang = _board(services, search), language()
    if board.run is None and drawn(board) == before:
        raise PreventUpdate
    again = stage(board, services.reasons(board.line), lang) if drawn(board) != before else no_update
    return clock(board, lang), again, drawn(board)


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], Parts, Parts, str]:
    """Do what was asked in the scene; return what the toast says, and the page's parts."""
    if not ask or ask["what"] not in DONE:
        raise PreventUpdate
    line, lang = _board(services, search).line, language()
    DONE[ask["what"]](services, line, ask)
    told: dict[str, object] = {"kind": "done", "key": ask["key"], "title": t(f"practice.done.{ask['what']}", lang)}
    board = _board(services, search)
    return told, clock(board, lang), stage(board, services.reasons(board.line), lang), drawn(board)


def _begin(services: Services, line: str, ask: Ask) -> None:
    scene, speed = str(ask.get("scene", "")), str(ask.get("speed", ""))
    services.loop.people.practice.begin(services.user(), line, scene, speed)


def _classify(services: Services, line: str, ask: Ask) -> None:
    stop, reason = str(ask.get("stop", "")), str(ask.get("reason", ""))
    services.loop.people.practice.classify(services.user(), line, stop, reason)


def _call(services: Services, line: str, ask: Ask) -> None:
    services.loop.people.practice.call(services.user(), line, str(ask.get("call", "")))


def _end(services: Services, line: str, ask: Ask) -> None:
    services.loop.people.practice.end(services.user(), line)


DONE: dict[str, Callable[[Services, str, Ask], None]] = {
    "begin": _begin,
    "classify": _classify,
    "call": _call,
    "end": _end,
}


def _board(services: Services, search: str) -> PracticeBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(_lines(services)), "")
    return services.loop.people.practice.board(services.user(), place)


def _lines(services: Services) -> dict[str, str]:
    names = services.places()
    return {line.path: names[line.path] for line in services.my_lines()}


def register(wire: Wire) -> None:
    """The line lives in the address; the scene goes on with every beat."""
    search = State(FrameIds.url, "search")
    again = [Output(part, "children", allow_duplicate=True) for part in (Ids.clock, Ids.stage)]
    now_drawn = Output(Ids.drawn, "data", allow_duplicate=True)
    wire(
        show_choice,
        Output(Ids.filters, "children"),
        Output(Ids.clock, "children"),
        Output(Ids.stage, "children"),
        Output(Ids.drawn, "data"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(show_again, *again, now_drawn, Input(Ids.look, "n_intervals"), search, State(Ids.drawn, "data"))
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        *again,
        now_drawn,
        Input(Ids.asks, "data"),
        search,
    )
