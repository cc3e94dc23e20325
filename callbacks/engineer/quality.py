"""Quality: the address says of which machine and chart; what people do about adjustments goes to the desk."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.quality import IN_A_ROW, REJECTS, ProtocolDraft, QualityBoard
from app.domain.roles import GRANTS
from app.services import NotFound, Services
from app.text.numbers import asked_number
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.quality import Ids, filters, layout, looked, work
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
ASKS = ("confirm", "drop", "go_back", "ask_write", "ask_back", "approve_write", "write_protocol", "retire_protocol")


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang = language()
    title = head(services, t("page.quality", lang))
    return layout(title, _board(services, search), _lines(services), lang, _held(services))


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component], list[Component]]:
    """Return everything again when the choice changes."""
    if path.rstrip("/") != "/quality":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, _lines(services), lang), looked(board, lang), work(board, lang, _held(services))


def show_again(services: Services, looked_at: int | None, search: str) -> list[Component]:
    """Return the chart as it is now; adjustments stay while somebody may be writing about one."""
    return looked(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Do what was asked; return what the toast says, and the adjustments."""
    if not ask or ask["what"] not in ASKS:
        raise PreventUpdate
    what, lang = str(ask["what"]), language()
    _do(services, what, {key: str(value) for key, value in ask.items() if value is not None})
    told = {"kind": "done", "key": ask["key"], "title": t(f"quality.told.{what}", lang), "text": ""}
    return told, work(_board(services, search), lang, _held(services))


def _do(services: Services, what: str, said: Mapping[str, str]) -> None:
    desk, who = services.loop.quality, services.user()
    adjustment, note = said.get("adjustment", ""), said.get("note", "")
    if what == "confirm":
        desk.confirm(who, adjustment, said.get("value", ""), note)
    elif what == "drop":
        desk.drop(who, adjustment, note)
    elif what == "go_back":
        desk.go_back(who, adjustment, note)
    elif what == "ask_write":
        desk.ask_write(who, adjustment)
    elif what == "ask_back":
        desk.ask_back(who, adjustment)
    elif what == "approve_write":
        desk.approve_write(who, adjustment)
    elif what == "retire_protocol":
        desk.retire_protocol(who, said.get("protocol", ""))
    else:
        desk.write_protocol(who, _draft(said))


def _draft(said: Mapping[str, str]) -> ProtocolDraft:
    machine, _, signal = said.get("parameter", "").partition("|")
    names = ("low", "high", "max_step", "steps", "back", "permission", "source", "address")
    return ProtocolDraft(machine, signal, id=said.get("protocol"), **{name: said.get(name, "") for name in names})


def _held(services: Services) -> frozenset[str]:
    return frozenset(permission.value for permission in GRANTS[services.user().role])


def _lines(services: Services) -> dict[str, str]:
    return {line.path: line.name for line in services.my_lines()}


def _board(services: Services, search: str) -> QualityBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(_lines(services)), "")
    desk, who = services.loop.quality, services.user()
    try:
        chart, group = said.get("chart") or REJECTS, asked_number(said.get("group"))
        return desk.board(who, place, said.get("machine"), chart, group=IN_A_ROW if group == IN_A_ROW else 1)
    except NotFound:
        # Another line has other machines, another machine other signals: the address still names the old ones.
        return desk.board(who, place)


def register(wire: Wire) -> None:
    """The choice lives in the address; the chart is looked at again with every beat."""
    wire(
        show_choice,
        Output(Ids.filters, "children"),
        Output(Ids.chart, "children"),
        Output(Ids.work, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        show_again,
        Output(Ids.chart, "children", allow_duplicate=True),
        Input(Ids.look, "n_intervals"),
        State(FrameIds.url, "search"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.work, "children", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
