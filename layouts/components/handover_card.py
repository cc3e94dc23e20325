"""What the shift before left in writing, on top of the operator's screen until it has been read."""

from dash import dcc, html

from app.domain.decisions.handover import Handover
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.handover_text import shift_words, signed_text
from layouts.components.live import marks
from layouts.ids import PageIds


class CardIds(PageIds, page="handover-card"):
    """card: empty once it is read; which: the line and shift it is about; read: the button."""

    card: str
    which: str
    read: str


def handover_card(handover: Handover | None, numbers: Numbers, *, may_act: bool) -> html.Div:
    """Return the card; None: nothing waits to be read, and nothing shows."""
    if handover is None or not may_act:
        return html.Div(id=CardIds.card, className="handover-news")
    lang = numbers.lang
    who = t("handover.news.by", lang, shift=shift_words(handover.shift, numbers, handover.start), by=handover.signed_by)
    whole = f"/handover?of_place={handover.line}&of_shift={handover.shift}"
    head = html.H2([html.Span(t("handover.news", lang)), html.Span(who, className="quiet")], className="card__title")
    acts = html.Div(
        [
            html.A(t("handover.news.open", lang), href=whole, className="button", **marks(go="")),
            html.Button(t("handover.news.read", lang), id=CardIds.read, type="button", className="button button--main"),
        ],
        className="handover__acts",
    )
    which = dcc.Store(id=CardIds.which, data={"line": handover.line, "shift": handover.shift})
    text = html.Div(signed_text(handover, numbers), className="handover-news__text", tabIndex=0)
    card = html.Section([head, text, acts, which], className="card")
    return html.Div(card, id=CardIds.card, className="handover-news")
