"""A suggestion as a card: what, where, what it is worth, why, and what may be said about it."""

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.decisions import Offer
from app.domain.suggestion import Gain, Suggestion
from app.text.numbers import Numbers
from app.text.said import words as say
from app.text.translate import t
from layouts.components.evidence import evidence_plot
from layouts.components.live import marks
from layouts.ids import PageIds

SURE, FAIR = 0.8, 0.5
LOOK_MS = 10_000


class CardIds(PageIds, page="suggestion"):
    """The operator's card. place: where it stands, empty while there is none; look: the beat."""

    place: str
    look: str


def suggestion_place() -> list[Component]:
    """Return where the best suggestion of a line comes to stand."""
    return [html.Div(id=CardIds.place, className="suggestion-place"), dcc.Interval(id=CardIds.look, interval=LOOK_MS)]


def operator_card(offer: Offer, numbers: Numbers) -> html.Section:
    """Return the card of the operator's screen: one line, the proof behind "why?"."""
    suggestion, lang = offer.ranked.suggestion, numbers.lang
    words = html.Div(
        [
            html.Span(t("decisions.suggestion", lang), className="suggestion__label"),
            html.B(say(suggestion.title, numbers)),
            html.Span(_worth(offer, numbers), className="quiet"),
            why_details(offer, numbers),
        ],
        className="suggestion__words",
    )
    row = html.Div([words, verdict_buttons(offer, numbers)], className="suggestion__row")
    return html.Section([row], className="card suggestion", **marks(suggestion=suggestion.key))


def verdict_buttons(offer: Offer, numbers: Numbers, *extra: Component) -> html.Div:
    """Return accept (named after what happens), already known, wrong; and what else the page offers."""
    suggestion, lang = offer.ranked.suggestion, numbers.lang
    accept = _says(suggestion, "accepted", t(f"decisions.action.{suggestion.action}", lang), "button button--main")
    judge = [_says(suggestion, v, t(f"decisions.verdict.{v}", lang), "button") for v in ("known", "wrong")]
    return html.Div([accept, *(judge if offer.may_judge else []), *extra], className="suggestion__do")


def why_details(offer: Offer, numbers: Numbers) -> html.Details:
    """Return the reason, the proof, the place in the list and the steps, folded."""
    suggestion, lang = offer.ranked.suggestion, numbers.lang
    proof = evidence_plot(suggestion.evidence, numbers)
    parts: list[Component | None] = [
        html.Summary(t("decisions.why", lang), className="suggestion__why"),
        html.P(say(suggestion.why, numbers)),
        proof,
        html.P(say(offer.ranked.why, numbers), className="quiet"),
        playbook(suggestion, numbers),
    ]
    return html.Details([part for part in parts if part is not None], className="suggestion__more")


def playbook(suggestion: Suggestion, numbers: Numbers) -> Component | None:
    """Return the steps for whoever does it; None where there are none."""
    if not suggestion.playbook:
        return None
    steps = html.Ol([html.Li(say(step, numbers)) for step in suggestion.playbook])
    return html.Div([html.H3(t("decisions.playbook", numbers.lang), className="card__title"), steps])


def confidence_words(confidence: float, numbers: Numbers) -> str:
    """Return how far it is believed, in words and percent."""
    word = "high" if confidence >= SURE else "fair" if confidence >= FAIR else "low"
    return f"{t(f'decisions.confidence.{word}', numbers.lang)} ({numbers.decimal(100 * confidence, 0)} %)"


def gain_words(gain: Gain | None, numbers: Numbers) -> str:
    """Return what is promised per shift, with its interval."""
    if gain is None:
        return t("decisions.no_gain", numbers.lang)
    low, mid, high = (numbers.signed(value) for value in (gain.low, gain.mid, gain.high))
    return t("decisions.promise", numbers.lang, low=low, mid=mid, high=high)


def _worth(offer: Offer, numbers: Numbers) -> str:
    sure = confidence_words(offer.ranked.confidence, numbers)
    if offer.ranked.expected is None:
        return sure
    expected = t("decisions.expected", numbers.lang, n=numbers.signed(offer.ranked.expected))
    return f"{expected} \u00b7 {sure}"


def _says(suggestion: Suggestion, verdict: str, words: str, cls: str) -> html.Button:
    asked = marks(ask="decide", value_about=suggestion.key, value_verdict=verdict)
    return html.Button(words, type="button", className=cls, **asked)
