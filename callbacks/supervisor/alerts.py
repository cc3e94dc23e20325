"""Alerts: the choice lives in the address; looked at again every few seconds; people answer what they may."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.alerts import TABS, AlertsBoard, AlertsQuestion, AlertTab
from app.domain.alerts.condition import PRIORITIES
from app.services import Invalid, Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.supervisor.alerts import Ids, filters, layout, result

Ask = dict[str, Any]
ANSWERS = ("acknowledge", "shelve", "unshelve", "take_out", "back", "judge")


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    board, lang = _board(services, search), language()
    return layout(head(services, t("page.alerts", lang)), board, services.places(), lang)


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and list again when the choice changes."""
    if path.rstrip("/") != "/alerts":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, services.places(), lang), result(board, lang)


def show_again(services: Services, looked: int | None, search: str) -> list[Component]:
    """Return the alerts as they are now."""
    return result(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Do what was asked about an alert; return what the toast says, and the alerts."""
    if not ask or ask["what"] not in ANSWERS:
        raise PreventUpdate
    _do(services, ask)
    lang = language()
    told = {"kind": "done", "key": ask["key"], "title": t(f"alert.done.{ask['what']}", lang), "text": ""}
    return told, result(_board(services, search), lang)


def _do(services: Services, ask: Ask) -> None:
    desk, who, what = services.loop.alerts, services.user(), ask["what"]
    saw = _whole(ask["saw"]) if ask.get("saw") else None
    of_rule, reason = (str(ask.get("rule")), str(ask.get("equipment"))), str(ask.get("reason") or "")
    if what == "unshelve":
        desk.unshelve(who, *of_rule, saw)
    elif what == "back":
        desk.back(who, *of_rule, saw)
    elif what == "take_out":
        desk.out_of_service(who, *of_rule, reason, saw)
    elif what == "judge":
        desk.judge(who, _whole(ask.get("alert")), str(ask.get("verdict")))
    elif what == "acknowledge":
        desk.acknowledge(who, _whole(ask.get("alert")), saw)
    else:
        alert = _whole(ask.get("alert"))
        desk.shelve(who, alert, desk.shelf_end(who, alert, str(ask.get("shelf"))), reason, saw)


def _whole(said: object) -> int:
    try:
        return int(str(said))
    except ValueError as error:
        raise Invalid("alert.no_such") from error


def _board(services: Services, search: str) -> AlertsBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    tab: AlertTab = next((known for known in TABS if known == said.get("tab")), "open")
    priority = next((known for known in PRIORITIES if known == said.get("priority")), None)
    place = services.equipment(said["of_place"]) if said.get("of_place") else None
    alert = _whole(said["alert"]) if said.get("alert") else None
    return services.loop.alerts.board(services.user(), AlertsQuestion(tab, place, priority, alert))


def register(wire: Wire) -> None:
    """The choice lives in the address; alerts are looked at again with every beat."""
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
