"""Rules and playbooks: the address says which rule over how many days, the desk answers."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.rules import SPANS, RuleEdit, RulesBoard, RulesQuestion
from app.services import NotFound, Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.rules import Ids, draft, layout, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang = language()
    return layout(head(services, t("page.rules", lang)), _board(services, search), lang)


def show_choice(services: Services, search: str, path: str) -> list[Component]:
    """Return everything again when the choice changes."""
    if path.rstrip("/") != "/rules":
        raise PreventUpdate
    return result(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], Any, Any]:
    """Look at what was written, save it, or restore an edition; return the toast, what came of it, and the page."""
    if not ask or ask["what"] not in ("try", "save", "restore"):
        raise PreventUpdate
    who, lang, desk = services.user(), language(), services.loop.rules
    edit = RuleEdit(*(str(ask.get(name) or "") for name in ("rule", "text", "saw", "note")))
    if ask["what"] == "restore":
        said = str(ask.get("edition"))
        desk.restore(who, int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0)
        found = None
    elif ask["what"] == "save":
        found = desk.save(who, edit)
    else:
        found = desk.look(who, edit, _days(str(ask.get("days"))))
    board = _board(services, search)
    if found is None:
        return _told(ask, "done"), no_update, result(board, lang)
    return _told(ask, "wrong" if found.mistakes else "looked"), draft(found, board, lang), no_update


def _told(ask: Ask, what: str) -> dict[str, object]:
    lang, kind = language(), "problem" if what == "wrong" else "done"
    return {
        "kind": kind,
        "key": ask["key"],
        "title": t(f"rules.edit.{what}.title", lang),
        "text": t(f"rules.edit.{what}.text", lang),
    }


def _board(services: Services, search: str) -> RulesBoard:
    """Return the board; a rule that is no longer in the file is none chosen."""
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    days = _days(said.get("days"))
    try:
        return services.loop.rules.board(services.user(), RulesQuestion(said.get("rule"), days))
    except NotFound:
        return services.loop.rules.board(services.user(), RulesQuestion(None, days))


def _days(said: str | None) -> int:
    return next((days for days in SPANS if str(days) == said), RulesQuestion().days)


def register(wire: Wire) -> None:
    """The choice lives in the address."""
    wire(
        show_choice,
        Output(Ids.result, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.draft, "children"),
        Output(Ids.result, "children", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
