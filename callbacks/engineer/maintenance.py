"""Maintenance: the address says of what; health and orders are looked at again every few seconds."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.maintenance import MaintenanceBoard
from app.domain.decisions.work import Done, OrderWanted, PlanWanted
from app.services import Services
from app.text.numbers import asked_number
from app.text.translate import t
from callbacks.edits import asked_instant
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.health_list import health_list
from layouts.components.work_board import work_board
from layouts.engineer.maintenance import Ids, filters, forms, layout
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
ORDERS = ("make", "plan", "plan_at", "start", "stop", "done", "cancel")
PLANS = ("add_plan", "plan_done", "plan_drop")


def page(services: Services, search: str) -> html.Div:
    """Return the page for the place in the address."""
    lang = language()
    return layout(head(services, t("page.maintenance", lang)), _board(services, search), services.places(), lang)


def show_choice(
    services: Services, search: str, path: str
) -> tuple[list[Component], Component, Component, list[Component]]:
    """Return everything again when the place changes."""
    if path.rstrip("/") != "/maintenance":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return (
        filters(board, services.places(), lang),
        health_list(board, lang),
        work_board(board, lang),
        forms(board, lang),
    )


def show_again(services: Services, looked: int | None, search: str) -> Component:
    """Return health as it is now; orders stay while somebody may be closing one."""
    return health_list(_board(services, search), language())


def answer(
    services: Services, ask: Ask | None, search: str
) -> tuple[dict[str, object], Component, Component, list[Component]]:
    """Do what was asked; return what the toast says, and everything as it is then."""
    if not ask or ask["what"] not in (*ORDERS, *PLANS):
        raise PreventUpdate
    _do(services, str(ask["what"]), {key: str(value) for key, value in ask.items()})
    board, lang = _board(services, search), language()
    told = {"kind": "done", "key": ask["key"], "title": t(f"maintenance.done.{ask['what']}", lang), "text": ""}
    return told, health_list(board, lang), work_board(board, lang), forms(board, lang)


def _do(services: Services, what: str, said: dict[str, str]) -> None:
    desk, who = services.loop.maintenance, services.user()
    if what == "make":
        words = (said.get("machine", ""), said.get("title", ""), said.get("why", ""))
        how = (asked_number(said.get("priority")), said.get("kind", ""), asked_number(said.get("minutes")))
        desk.make(who, OrderWanted(*words, *how))
    elif what == "add_plan":
        every, is_hours = asked_number(said.get("every")), said.get("unit") != "cycles"
        due = (float(every), None) if is_hours else (None, every)
        minutes = asked_number(said.get("minutes"))
        desk.add_plan(who, PlanWanted(said.get("machine", ""), said.get("task", ""), minutes, *due))
    elif what in PLANS:
        change = desk.plan_done if what == "plan_done" else desk.drop_plan
        change(who, asked_number(said.get("plan")))
    else:
        _move(services, what, said)


def _move(services: Services, what: str, said: dict[str, str]) -> None:
    desk, who = services.loop.maintenance, services.user()
    about = (asked_number(said.get("number")), asked_number(said.get("version")))
    if what == "plan":
        desk.plan(who, *about)
    elif what == "plan_at":
        desk.plan_at(who, *about, asked_instant(said.get("at", ""), services.zone(said.get("machine", ""))))
    elif what == "start":
        desk.start(who, *about)
    elif what == "stop":
        desk.attach_stop(who, *about, said.get("stop", ""))
    elif what == "cancel":
        desk.cancel(who, *about)
    else:
        done = Done(said.get("code", ""), asked_number(said.get("minutes")), said.get("note", ""))
        desk.done(who, *about, done)


def _board(services: Services, search: str) -> MaintenanceBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    return services.loop.maintenance.board(services.user(), services.equipment(place) if place else place)


def register(wire: Wire) -> None:
    """The place lives in the address; health is looked at again with every beat."""
    address = (Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
    parts = (Ids.health, Ids.orders, Ids.forms)
    wire(show_choice, Output(Ids.filters, "children"), *(Output(part, "children") for part in parts), *address)
    wire(
        show_again,
        Output(Ids.health, "children", allow_duplicate=True),
        Input(Ids.look, "n_intervals"),
        State(FrameIds.url, "search"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        *(Output(part, "children", allow_duplicate=True) for part in parts),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
