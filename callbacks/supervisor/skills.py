"""The skills matrix: the address says of which line; changed by who keeps skills there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.skills import SkillBoard
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.supervisor.skills import Ids, filters, layout, matrix, now

Ask = dict[str, Any]
Parts = list[Component]


def page(services: Services, search: str) -> html.Div:
    """Return the page of the line in the address; that somebody looked is recorded."""
    board, lang = _board(services, search), language()
    services.loop.people.skills.looked(services.user(), board.line)
    title = head(services, t("page.skills", lang))
    return layout(title, board, _lines(services), lang, may_keep=_may_keep(services, board))


def show_choice(services: Services, search: str, path: str) -> tuple[Parts, Parts, Parts]:
    """Return everything again when another line is chosen."""
    if path.rstrip("/") != "/skills":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    services.loop.people.skills.looked(services.user(), board.line)
    keep = _may_keep(services, board)
    return filters(board, _lines(services), lang), now(board, lang), matrix(board, lang, may_keep=keep)


def show_again(services: Services, looked: int | None, search: str) -> Parts:
    """Return gaps and who would be called, as it is now."""
    return now(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], Parts, Parts]:
    """Do what was asked; return what the toast says, and the page's parts."""
    if not ask or ask["what"] not in DONE:
        raise PreventUpdate
    line, lang = _board(services, search).line, language()
    DONE[ask["what"]](services, line, ask)
    told: dict[str, object] = {"kind": "done", "key": ask["key"], "title": t(f"skills.done.{ask['what']}", lang)}
    board = _board(services, search)
    return told, now(board, lang), matrix(board, lang, may_keep=_may_keep(services, board))


def _put(services: Services, line: str, ask: Ask) -> None:
    said = {key: str(ask.get(key, "")) for key in ("person", "place", "task", "level", "until", "shift")}
    services.loop.people.skills.put(services.user(), line, said)


def _remove(services: Services, line: str, ask: Ask) -> None:
    about = [str(ask.get(key, "")) for key in ("person", "place", "task")]
    services.loop.people.skills.remove(services.user(), line, *about)


def _need(services: Services, line: str, ask: Ask) -> None:
    services.loop.people.skills.need(services.user(), line, str(ask.get("task", "")), str(ask.get("needed", "")))


DONE: dict[str, Callable[[Services, str, Ask], None]] = {"put": _put, "remove": _remove, "need": _need}


def _board(services: Services, search: str) -> SkillBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(_lines(services)), "")
    return services.loop.people.skills.board(services.user(), place)


def _lines(services: Services) -> dict[str, str]:
    names = services.places()
    return {line.path: names[line.path] for line in services.my_lines()}


def _may_keep(services: Services, board: SkillBoard) -> bool:
    return may(services.user(), Permission.KEEP_SKILLS, board.line)


def register(wire: Wire) -> None:
    """The line lives in the address; gaps are looked at again with every beat."""
    search = State(FrameIds.url, "search")
    again = Output(Ids.now, "children", allow_duplicate=True), Output(Ids.matrix, "children", allow_duplicate=True)
    wire(
        show_choice,
        Output(Ids.filters, "children"),
        Output(Ids.now, "children"),
        Output(Ids.matrix, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(show_again, again[0], Input(Ids.look, "n_intervals"), search)
    wire(answer, Output(FrameIds.answer, "data", allow_duplicate=True), *again, Input(Ids.asks, "data"), search)
