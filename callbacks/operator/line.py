"""The operator's line: show it, and carry what a person says to the services."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.domain.roles import Permission, may
from app.services import OrderStart, Scrap, Services, StopEdit
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.handover_card import news
from callbacks.heads import head
from callbacks.language import language
from callbacks.suggestion import decide
from callbacks.wire import Wire
from layouts.components.next_order import NextIds, next_words
from layouts.frame import Ids as FrameIds
from layouts.operator.line import Ids, LineWords, layout

Ask = dict[str, Any]
Answer = dict[str, Any]
MINUTE_MS = 60_000
LINE = "/line/"


def page(services: Services, path: str) -> html.Div:
    """Return the page of a line with its last board."""
    line, who = services.place(path), services.user()
    known = LineWords(
        line,
        services.products(path),
        services.reasons(path),
        may_act=may(who, Permission.CLASSIFY_STOP, line.path),
        may_answer=may(who, Permission.ANSWER_ANDON, line.path),
        news=news(services, line.path, line.zone, may_act=may(who, Permission.SIGN_HANDOVER, line.path)),
        next_order=services.loop.schedule.next_order(who, line.path),
    )
    described = replace(head(services, line.name, services.line(path), line.path), asks=Ids.asks)
    return layout(described, known, language())


def answer(services: Services, ask: Ask | None, path: str) -> Answer:
    """Do what was asked on the line of this page; return what the toast says. Raises what the command raises."""
    if not ask:  # the store has just come on screen, nobody asked
        raise PreventUpdate
    line = services.place(path.removeprefix(LINE).rstrip("/")).path
    return {**DONE[ask["what"]](services, line, ask), "key": ask["key"]}


def show_next(services: Services, looked: int | None, answered: Answer | None, path: str) -> list[Component]:
    """Return the next order of the line in the address as it is predicted now."""
    if not path.startswith(LINE):
        raise PreventUpdate
    line = services.place(path.removeprefix(LINE).rstrip("/"))
    found = services.loop.schedule.next_order(services.user(), line.path)
    return next_words(found, Numbers(language(), line.zone))


def _classify(services: Services, line: str, ask: Ask) -> Answer:
    stop, reason, saw = ask["stop"], ask["reason"], ask.get("saw") or None
    services.commands.classify(StopEdit(stop, reason, saw, key=ask["key"]))
    name = next((r.name for r in services.reasons(line) if r.id == reason), reason)
    undo = {"what": "withdraw", "stop": stop, "saw": reason, "before": saw or ""}
    return {**_done("classified", name), "undo": undo}


def _withdraw(services: Services, line: str, ask: Ask) -> Answer:
    if ask.get("before"):
        services.commands.classify(StopEdit(ask["stop"], ask["before"], ask["saw"], key=ask["key"]))
    else:
        services.commands.classify(StopEdit(ask["stop"], None, ask["saw"]))
    return _done("withdrawn")


def _scrap(services: Services, line: str, ask: Ask) -> Answer:
    made_at = services.now() - int(ask["ago"]) * MINUTE_MS if ask.get("ago") else None
    scrap = Scrap(
        line,
        int(ask["units"]),
        reason=ask.get("reason") or None,
        machine=ask.get("machine") or None,
        made_at=made_at,
        was_counted_good=ask.get("counted") == "good",
        key=ask["key"],
    )
    services.commands.scrap(scrap)
    return _done("scrapped", str(scrap.units))


def _start_order(services: Services, line: str, ask: Ask) -> Answer:
    quantity, order = int(ask["quantity"]) if ask.get("quantity") else None, ask["order"].strip()
    planned = services.loop.schedule.next_order(services.user(), line)
    due = planned.due if planned is not None and planned.order == order else None
    services.commands.start_order(OrderStart(line, order, ask["product"], quantity, due, ask["key"]))
    return _done("order_started", ask["order"])


def _end_order(services: Services, line: str, ask: Ask) -> Answer:
    services.commands.end_order(line, ask["running"], key=ask["key"])
    return _done("order_ended", ask["running"])


def _call(services: Services, line: str, ask: Ask) -> Answer:
    services.commands.call_andon(line, ask["call"], key=ask["key"])
    call = t(f"call.{ask['call']}", language())
    people = services.loop.people.skills.routed(services.user(), services.place(line).path, ask["call"])
    if people is None:
        return _done("called", call)
    key = "toast.called.for" if people else "toast.called.nobody"
    return _done("called", t(key, language(), call=call, people=", ".join(people)))


def _accept(services: Services, line: str, ask: Ask) -> Answer:
    services.commands.accept_andon(line, ask["call"], key=ask["key"])
    return _done("accepted", t(f"call.{ask['call']}", language()))


def _clear(services: Services, line: str, ask: Ask) -> Answer:
    services.commands.clear_andon(line, ask["call"], key=ask["key"])
    return _done("cleared", t(f"call.{ask['call']}", language()))


def _decide(services: Services, line: str, ask: Ask) -> Answer:
    return decide(services, ask)


def _done(key: str, text: str = "") -> Answer:
    return {"kind": "done", "title": t(f"toast.{key}", language()), "text": text}


DONE: dict[str, Callable[[Services, str, Ask], Answer]] = {
    "classify": _classify,
    "withdraw": _withdraw,
    "scrap": _scrap,
    "start_order": _start_order,
    "end_order": _end_order,
    "call_help": _call,
    "accept_call": _accept,
    "clear_call": _clear,
    "decide": _decide,
}


def register(wire: Wire) -> None:
    """One store carries what people ask, one the answer; the next order is looked at again with every beat."""
    wire(answer, Output(FrameIds.answer, "data"), Input(Ids.asks, "data"), State(FrameIds.url, "pathname"))
    wire(
        show_next,
        Output(NextIds.place, "children"),
        Input(NextIds.look, "n_intervals"),
        Input(FrameIds.answer, "data"),
        State(FrameIds.url, "pathname"),
    )
