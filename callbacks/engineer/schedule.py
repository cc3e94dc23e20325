"""The schedule: looked at every two seconds; replanned, accepted, helped; demand comes in by file or paste."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.schedule import ScheduleBoard
from app.services import Invalid, Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.schedule import Ids, layout, refused, result
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
Told = dict[str, object]


def page(services: Services, search: str) -> html.Div:
    """Return the page of the site in the address."""
    lang = language()
    return layout(head(services, t("page.schedule", lang)), _board(services, search), lang)


def show_again(services: Services, looked: int | None, search: str, path: str) -> list[Component]:
    """Return the plan as it is now."""
    if path.rstrip("/") != "/schedule":
        raise PreventUpdate
    return result(_board(services, search), language())


def answer(services: Services, ask: Ask | None, search: str) -> tuple[Told, list[Component], list[Component]]:
    """Do what was asked; return what the toast says, the plan, and which rows were refused."""
    if not ask or ask["what"] not in DONE:
        raise PreventUpdate
    told, wrong = DONE[ask["what"]](services, ask)
    return {**told, "key": ask["key"]}, result(_board(services, search), language()), wrong


def take_file(
    services: Services, contents: str | None, name: str | None, search: str
) -> tuple[Told, list[Component], list[Component]]:
    """Take a file of demand."""
    if not contents:
        raise PreventUpdate
    try:
        text = base64.b64decode(contents.partition(",")[2], validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Invalid("schedule.refused.file") from error
    told, wrong = _csv(services, {"text": text, "source": f"file {name or ''}"[:100].strip()})
    return {**told, "key": ""}, result(_board(services, search), language()), wrong


def _replan(services: Services, ask: Ask) -> tuple[Told, list[Component]]:
    services.loop.schedule.replan(services.user(), str(ask.get("site")))
    return _done("replan"), []


def _accept(services: Services, ask: Ask) -> tuple[Told, list[Component]]:
    saw = str(ask.get("saw") or "")
    services.loop.schedule.accept(services.user(), _number(ask, "plan"), int(saw) if saw.isdecimal() else None)
    return _done("accept"), []


def _help(services: Services, ask: Ask) -> tuple[Told, list[Component]]:
    said = {name: str(ask.get(name) or "") for name in ("kind", "order", "line", "day", "shift")}
    reference = services.loop.schedule.help_as(
        services.user(), _number(ask, "plan"), {**said, "position": _number(ask, "position")}
    )
    return _done("help", reference), []


def _csv(services: Services, ask: Ask) -> tuple[Told, list[Component]]:
    taken, counted = services.loop.schedule.take_csv(
        services.user(), str(ask.get("text") or ""), str(ask.get("source") or "")
    )
    lang = language()
    told = t("schedule.done.csv.what", lang, new=counted.new, changed=counted.changed, same=counted.same)
    return {**_done("csv"), "text": told}, refused(taken.wrong, lang)


def _costs(services: Services, ask: Ask) -> tuple[Told, list[Component]]:
    said = {name: str(ask.get(name) or "") for name in ("extra_hour", "setup_hour", "late_hour")}
    services.loop.schedule.set_costs_as(services.user(), str(ask.get("site")), said)
    return _done("costs"), []


def _number(ask: Ask, name: str) -> int:
    said = str(ask.get(name) or "")
    if not (said.isascii() and said.isdecimal() and len(said) <= 9):
        raise Invalid("schedule.refused.remedy")
    return int(said)


def _done(what: str, text: str = "") -> Told:
    return {"kind": "done", "title": t(f"schedule.done.{what}", language()), "text": text}


DONE = {"replan": _replan, "accept": _accept, "help": _help, "csv": _csv, "costs": _costs}


def _board(services: Services, search: str) -> ScheduleBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    return services.loop.schedule.board(services.user(), said.get("site"), said.get("plan"))


def register(wire: Wire) -> None:
    """The site lives in the address; everything else is asked for."""
    wire(
        show_again,
        Output(Ids.result, "children"),
        Input(Ids.look, "n_intervals"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    done = (Output(FrameIds.answer, "data", allow_duplicate=True), Output(Ids.result, "children", allow_duplicate=True))
    wrong = Output(Ids.wrong, "children", allow_duplicate=True)
    wire(answer, *done, wrong, Input(Ids.asks, "data"), State(FrameIds.url, "search"))
    wire(
        take_file,
        *done,
        wrong,
        Input(Ids.upload, "contents"),
        State(Ids.upload, "filename"),
        State(FrameIds.url, "search"),
    )
