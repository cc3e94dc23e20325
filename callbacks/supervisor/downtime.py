"""Downtime: the address says what is looked at; what people say of stops goes to the services."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.downtime import LEVELS, MEASURES, DowntimeBoard, DowntimeQuestion
from app.domain.interval import DAY_MS, Interval
from app.domain.roles import Permission, may
from app.services import Refused, Services, StopEdit
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.supervisor.downtime import PERIODS, Ids, findings, layout

Ask = dict[str, Any]
PLANNED = {"yes": True, "no": False}
LOOK_AGAIN = 4


def page(services: Services, search: str) -> html.Div:
    """Return the page for what the address asks."""
    lang, board = language(), _board(services, search)
    described = replace(head(services, t("page.downtime", lang)), asks=Ids.asks)
    return layout(described, board, services.places(), lang, may_edit=_may_edit(services, board))


def show_result(services: Services, search: str, again: int | None, path: str) -> list[Component]:
    """Return the findings again when the address changes, and a few times after something was said of a stop."""
    if path.rstrip("/") != "/downtime":
        raise PreventUpdate
    board = _board(services, search)
    return findings(board, language(), may_edit=_may_edit(services, board))


def answer(services: Services, ask: Ask | None, looked: int | None) -> tuple[dict[str, object], int]:
    """Say what the picked stops were; what was refused is told with its reason, the others stand.

    Returns what the toast says, and how often the page has looked again by the time history knows.
    """
    if not ask:
        raise PreventUpdate
    lang, refused = language(), []
    stops: list[list[str]] = json.loads(ask["stops"])
    for stop, saw in stops:
        edit = StopEdit(
            stop,
            ask.get("reason") or None,
            saw or None,
            planned=PLANNED.get(ask.get("planned", "")) if ask.get("reason") else None,
            note=ask.get("note") or None,
            key=f"{ask['key']}-{stop}",
        )
        try:
            services.classify_stop(edit)
        except Refused as error:
            refused.append(error.words(lang))
    title = t("downtime.saved", lang, n=len(stops) - len(refused))
    told = {"kind": "done", "key": ask["key"], "title": title, "text": " ".join(dict.fromkeys(refused))}
    return told, (looked or 0) + LOOK_AGAIN


def _may_edit(services: Services, board: DowntimeBoard) -> bool:
    return may(services.user(), Permission.CLASSIFY_STOP, board.question.equipment)


def _board(services: Services, search: str) -> DowntimeBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    days = int(said["days"]) if said.get("days", "").isdecimal() else 0
    now = services.now()
    return services.downtime(
        DowntimeQuestion(
            equipment=said.get("of_place") or next(iter(services.places()), ""),
            window=Interval(now - (days if days in PERIODS else PERIODS[2]) * DAY_MS, now),
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
        Output(Ids.result, "children"),
        Input(FrameIds.url, "search"),
        Input(Ids.again, "n_intervals"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.again, "max_intervals"),
        Input(Ids.asks, "data"),
        State(Ids.again, "n_intervals"),
    )
