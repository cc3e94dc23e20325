"""Downtime: the address says what is looked at; what people say of stops goes to the services."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.downtime import LEVELS, MEASURES, DowntimeBoard, DowntimeQuestion
from app.domain.roles import Permission, may
from app.services import Services
from app.text.translate import t
from callbacks.edits import say
from callbacks.heads import head
from callbacks.language import language
from callbacks.period import period
from callbacks.wire import Wire
from layouts.components.edit_dialogs import edit_dialogs
from layouts.frame import Ids as FrameIds
from layouts.supervisor.downtime import PERIODS, Acts, Ids, filters, findings, layout

Ask = dict[str, Any]
LOOK_AGAIN = 4


def page(services: Services, search: str) -> html.Div:
    """Return the page for what the address asks."""
    lang, board = language(), _board(services, search)
    described = replace(head(services, t("page.downtime", lang)), asks=Ids.asks)
    return layout(described, board, services.places(), lang, _acts(services, board))


def show_result(
    services: Services, trigger: str | None, search: str, again: int | None, path: str
) -> tuple[object, list[Component], object]:
    """Return all that depends on the address anew when it changes; the findings alone a few times after an edit.

    Filters and dialogs stay as they are then: somebody may be writing in one.
    """
    if path.rstrip("/") != "/downtime":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    acts = _acts(services, board)
    found = findings(board, lang, acts)
    if trigger == Ids.again:
        return no_update, found, no_update
    return filters(board, services.places(), lang), found, edit_dialogs(board, lang) if acts.may_edit else []


def answer(services: Services, ask: Ask | None, looked: int | None) -> tuple[dict[str, object], int]:
    """Put right what was asked.

    Returns what the toast says, and how often the page has looked again by the time history knows.
    """
    if not ask:
        raise PreventUpdate
    return say(services, ask, language()), (looked or 0) + LOOK_AGAIN


def _acts(services: Services, board: DowntimeBoard) -> Acts:
    may_edit = may(services.user(), Permission.CLASSIFY_STOP, board.question.equipment)
    stop = None if board.close_up is None else board.close_up.stop.id
    return Acts(may_edit, None if stop is None else services.loop.maintenance.repair(services.user(), stop))


def _board(services: Services, search: str) -> DowntimeBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    asked = period(services, said, place, PERIODS, PERIODS[2])
    return services.downtime(
        DowntimeQuestion(
            equipment=place,
            window=asked.window,
            period=asked,
            crew=said.get("crew"),
            reason=said.get("reason"),
            shift=said.get("only"),
            product=said.get("product"),
            level=next((level for level in LEVELS if level == said.get("level")), "reason"),
            measure=next((measure for measure in MEASURES if measure == said.get("measure")), "time"),
            bar=said.get("bar"),
            stop=said.get("stop"),
        )
    )


def register(wire: Wire) -> None:
    """The address draws the page; one store carries what people ask, one the answer."""
    wire(
        show_result,
        Output(Ids.filters, "children"),
        Output(Ids.result, "children"),
        Output(Ids.dialogs, "children"),
        Input(FrameIds.url, "search"),
        Input(Ids.again, "n_intervals"),
        State(FrameIds.url, "pathname"),
        tell_trigger=True,
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.again, "max_intervals"),
        Input(Ids.asks, "data"),
        State(Ids.again, "n_intervals"),
    )
