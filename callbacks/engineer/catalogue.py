"""The signal catalogue: the address says of what, the engine and history answer, again every few seconds."""

from typing import Any, cast
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.catalogue import CatalogueBoard, CatalogueQuestion, Tab
from app.boards.signals import How
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.catalogue import HOWS, TABS, Ids, filters, layout, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    board, lang = _board(services, search), language()
    title = head(services, t("page.catalogue", lang))
    return layout(title, board, services.places(), lang, may_care=_may_care(services))


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and table again when the choice changes."""
    if path.rstrip("/") != "/catalogue":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, services.places(), lang), result(board, lang, may_care=_may_care(services))


def show_again(services: Services, looked: int | None, search: str) -> list[Component]:
    """Return the signals as they are now; findings stay while somebody may be writing about one."""
    board = _board(services, search)
    if board.question.tab != "signals":
        raise PreventUpdate
    return result(board, language(), may_care=_may_care(services))


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Do what was asked about a finding; return what the toast says, and the findings."""
    if not ask or ask["what"] not in ("accept", "close"):
        raise PreventUpdate
    who, about, lang = services.user(), (str(ask.get("equipment")), str(ask.get("rule"))), language()
    if ask["what"] == "accept":
        services.findings.accept(who, *about)
    else:
        services.findings.close(who, *about, str(ask.get("cause")), str(ask.get("note", "")))
    told = {"kind": "done", "key": ask["key"], "title": t(f"findings.done.{ask['what']}", lang), "text": ""}
    return told, result(_board(services, search), lang, may_care=True)


def _may_care(services: Services) -> bool:
    return may(services.user(), Permission.CARE_FOR_DATA)


def _board(services: Services, search: str) -> CatalogueBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    how = said.get("how")
    tab = cast(Tab, said["tab"]) if said.get("tab") in TABS else "signals"
    place = said.get("of_place") or next(iter(services.places()), "")
    wanted = cast(How, how) if how in HOWS else None
    return services.catalogue(CatalogueQuestion(place, said.get("owner") or None, wanted, tab))


def register(wire: Wire) -> None:
    """The choice lives in the address; signals are looked at again with every beat."""
    address = (Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
    wire(show_choice, Output(Ids.filters, "children"), Output(Ids.result, "children"), *address)
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
