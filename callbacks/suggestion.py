"""What people say about suggestions, on whichever page; and the card on the operator's line."""

from typing import Any

from dash import Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.services import Refused, Services
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.suggestion_card import CardIds, operator_card
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
Answer = dict[str, Any]
LINE = "/line/"


def decide(services: Services, ask: Ask) -> Answer:
    """Keep what was decided; return what the toast says. Raises what the desk raises."""
    lang, desk = language(), services.loop.decisions
    verdict, note = str(ask.get("verdict")), ask.get("note")
    done = desk.decide(services.user(), str(ask.get("about")), verdict, None if note is None else str(note))
    if done.problem is not None:
        return {"kind": "problem", "title": t("decisions.done.undone", lang), "text": done.problem.words(lang)}
    text = t("decisions.done.reference", lang, reference=done.decision.reference) if done.decision.reference else ""
    return {"kind": "done", "title": t(f"decisions.done.{verdict}", lang), "text": text}


def carry_out(services: Services, ask: Ask) -> Answer:
    """Carry out what was accepted; return what the toast says. Raises what the desk raises."""
    lang = language()
    reference = services.loop.decisions.carry_out(services.user(), str(ask.get("about")))
    text = t("decisions.done.reference", lang, reference=reference)
    return {"kind": "done", "title": t("decisions.done.carried_out", lang), "text": text}


def show_card(services: Services, looked: int | None, answered: Answer | None, path: str) -> list[Component]:
    """Return the best suggestion of the line in the address; nothing when there is none for whoever looks."""
    if not path.startswith(LINE):
        raise PreventUpdate
    line = services.place(path.removeprefix(LINE).rstrip("/"))
    try:
        offer = services.loop.decisions.best(services.user(), line.path)
    except Refused:  # a screen on a wall decides nothing
        return []
    return [] if offer is None else [operator_card(offer, Numbers(language(), line.zone))]


def register(wire: Wire) -> None:
    """The card is looked at again with every beat and after everything that was said on the page."""
    wire = wire.for_page("line")
    wire(
        show_card,
        Output(CardIds.place, "children"),
        Input(CardIds.look, "n_intervals"),
        Input(FrameIds.answer, "data"),
        State(FrameIds.url, "pathname"),
        at_start=True,
    )
