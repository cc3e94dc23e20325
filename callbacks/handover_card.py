"""The handover on the operator's screen: shown until this person says that they have read it."""

from typing import Any

from dash import Input, Output, State, html
from dash.exceptions import PreventUpdate

from app.services import Services
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.handover_card import CardIds, handover_card
from layouts.frame import Ids as FrameIds


def news(services: Services, line: str, zone: str, *, may_act: bool) -> html.Div:
    """Return the card of a line for the person who asks."""
    found = services.loop.people.handover.unread(services.user(), line) if may_act else None
    return handover_card(found, Numbers(language(), zone), may_act=may_act)


def read(services: Services, clicks: int | None, which: dict[str, Any] | None) -> tuple[None, dict[str, object]]:
    """Keep that it was read, and let the card go."""
    if not clicks or not which:
        raise PreventUpdate
    services.loop.people.handover.read(services.user(), str(which.get("line")), str(which.get("shift")))
    return None, {"kind": "done", "title": t("handover.done.read", language()), "text": ""}


def register(wire: Wire) -> None:
    """The button takes the card away."""
    wire(
        read,
        Output(CardIds.card, "children"),
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Input(CardIds.read, "n_clicks"),
        State(CardIds.which, "data"),
    )
