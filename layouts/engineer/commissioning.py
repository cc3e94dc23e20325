"""New machines: what a source offers for them, their signals live with the rules, what is open, signing off."""

from collections.abc import Sequence
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.commissioning import CommissioningBoard, NewMachine
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot
from layouts.components.new_machines import new_machines, offers
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 2_000


class Ids(PageIds, page="commissioning"):
    """The page's own parts. offers: what a source has; result: the machines now; although: signing with what is open.

    asks: what people do; look: the beat.
    """

    offers: str
    result: str
    although: str
    asks: str
    look: str


def layout(head: PageHead, board: CommissioningBoard, lang: str, *, may_care: bool) -> html.Div:
    """Return the page. may_care: whether they may write mappings and sign."""
    parts: list[Component | None] = [
        html.H1(t("page.commissioning", lang), className="sheet__title"),
        html.P(t("commissioning.what_is_this", lang), className="quiet"),
        html.Div(offers(board, lang, may_care=may_care), id=Ids.offers, className="stack"),
        html.Div(machines(board, lang, may_care=may_care), id=Ids.result, className="stack"),
        html.Div(although(board, lang, may_care=may_care), id=Ids.although),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "commissioning", parts)


def machines(board: CommissioningBoard, lang: str, *, may_care: bool) -> list[Component]:
    """Return each machine in commissioning as it is now."""
    return new_machines(board, Numbers(lang, board.zone), may_care=may_care)


def although(board: CommissioningBoard, lang: str, *, may_care: bool) -> list[Component]:
    """Return the form that signs a machine with something open; it stays while somebody writes."""
    waiting = [machine for machine in board.machines if machine.open_points]
    return [_form(waiting, lang)] if may_care and waiting else []


def _form(waiting: Sequence[NewMachine], lang: str) -> html.Details:
    names = {machine.path: f"{machine.name} \u00b7 {machine.line_name}" for machine in waiting}
    form = html.Form(
        [
            field(t("commissioning.machine", lang), choices("machine", names)),
            field(t("commissioning.although", lang), slot("although", maxlength="500", autocomplete="off")),
            html.Button(t("commissioning.sign", lang), type="submit", className="button"),
        ],
        className="issue__form",
        **marks(send="sign"),
    )
    return html.Details([html.Summary(t("commissioning.sign_anyway", lang), className="button"), form])
