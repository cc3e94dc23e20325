"""What the accepted plan has next for a line: said on the operator's screen, filled in at the change-over."""

import json

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.schedule import NextOrder
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import marks
from layouts.ids import PageIds

LOOK_MS = 20_000


class NextIds(PageIds, page="next"):
    """The next order. place: where it is said, empty while there is none; look: the beat."""

    place: str
    look: str


def next_place(found: NextOrder | None, numbers: Numbers) -> list[Component]:
    """Return where the next order of a line is said, as it is now."""
    said = html.Div(next_words(found, numbers), id=NextIds.place, className="now__next")
    return [said, dcc.Interval(id=NextIds.look, interval=LOOK_MS)]


def next_words(found: NextOrder | None, numbers: Numbers) -> list[Component]:
    """Return the next order with when it begins; what it holds fills the change-over (assets/js/20-frame.js)."""
    if found is None:
        return []
    lang, fill = numbers.lang, {"order": found.order, "product": found.product, "quantity": str(found.quantity)}
    words = [html.Span(t("line.next", lang)), html.B(found.order), html.Span(found.name, className="cut")]
    if found.wait_ms is not None:
        words.append(html.Span(_when(found.wait_ms, numbers), className="now__wait"))
    return [html.P(words, className="cut", **marks(fill_dialog="changeover", fill=json.dumps(fill)))]


def _when(wait_ms: int, numbers: Numbers) -> str:
    if wait_ms < 60_000:
        return t("line.next_now", numbers.lang)
    return t("line.next_in", numbers.lang, wait=numbers.minutes(wait_ms))
