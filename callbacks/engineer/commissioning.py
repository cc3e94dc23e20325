"""New machines: the source that is looked at is in the address; signals are seen again with every beat."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.commissioning import CommissioningBoard
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.new_machines import offers
from layouts.engineer.commissioning import Ids, although, layout, machines
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
Parts = tuple[list[Component], list[Component], list[Component]]


def page(services: Services, search: str) -> html.Div:
    """Return the page, with what the source in the address offers."""
    lang = language()
    board = _board(services, search)
    return layout(head(services, t("page.commissioning", lang)), board, lang, may_care=_may_care(services))


def show_choice(services: Services, search: str, path: str) -> Parts:
    """Return the page's parts again when another source is looked at."""
    if path.rstrip("/") != "/commissioning":
        raise PreventUpdate
    return _parts(services, search)


def show_again(services: Services, looked: int | None) -> list[Component]:
    """Return the machines as they are now; what somebody may be writing on stays."""
    return machines(_board(services, ""), language(), may_care=_may_care(services))


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], *Parts]:
    """Write a mapping or sign a machine off; return what the toast says, and the page's parts."""
    if not ask or ask["what"] not in ("take", "sign"):
        raise PreventUpdate
    who, lang = services.user(), language()
    if ask["what"] == "take":
        written = services.commissioning.take(who, str(ask.get("source")))
        title, then = t("commissioning.taken", lang, n=written), "commissioning.taken.what"
    else:
        services.commissioning.sign(who, str(ask.get("machine")), str(ask.get("although") or ""))
        title, then = t("commissioning.done", lang), "commissioning.done.what"
    told = {"kind": "done", "key": ask["key"], "title": title, "text": t(then, lang)}
    return told, *_parts(services, search)


def _parts(services: Services, search: str) -> Parts:
    board, lang, may_care = _board(services, search), language(), _may_care(services)
    return (
        offers(board, lang, may_care=may_care),
        machines(board, lang, may_care=may_care),
        although(board, lang, may_care=may_care),
    )


def _may_care(services: Services) -> bool:
    return may(services.user(), Permission.CARE_FOR_DATA)


def _board(services: Services, search: str) -> CommissioningBoard:
    source = parse_qs(search.lstrip("?")).get("source", [""])[-1]
    return services.commissioning.board(services.user(), source or None)


def register(wire: Wire) -> None:
    """A source is looked at when the address names it, never with the beat: that asks a machine."""
    wire(
        show_choice,
        Output(Ids.offers, "children"),
        Output(Ids.result, "children"),
        Output(Ids.although, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(show_again, Output(Ids.result, "children", allow_duplicate=True), Input(Ids.look, "n_intervals"))
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.offers, "children", allow_duplicate=True),
        Output(Ids.result, "children", allow_duplicate=True),
        Output(Ids.although, "children", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
