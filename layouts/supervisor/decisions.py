"""What to do next, best first, with proof; and what was decided lately, by whom, and what it brought."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.decisions import Decided, DecisionsBoard, Offer
from app.domain.suggestion import Outcome
from app.text.numbers import NONE, Numbers
from app.text.said import words as say
from app.text.translate import t
from layouts.components.dialog import dialog, foot
from layouts.components.evidence import evidence_plot
from layouts.components.live import field, marks, picker, slot
from layouts.components.pagebox import PageHead, page_box
from layouts.components.suggestion_card import confidence_words, gain_words, playbook, verdict_buttons
from layouts.ids import PageIds

LOOK_MS = 10_000


class Ids(PageIds, page="decisions"):
    """The page's own parts. shown: what the list shows, so that it is drawn again only when it changed."""

    filters: str
    result: str
    shown: str
    asks: str
    look: str


def layout(head: PageHead, board: DecisionsBoard, places: dict[str, str], lang: str) -> html.Div:
    """Return the page. places: path -> name of what may be chosen."""
    parts: list[Component | None] = [
        html.Section(filters(board, places, lang), id=Ids.filters, className="card filters"),
        html.Div(result(board, lang), id=Ids.result, className="decisions__result"),
        _not_now(lang),
        dcc.Store(id=Ids.shown, data=signature(board)),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "decisions", parts)


def filters(board: DecisionsBoard, places: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    return [
        html.H1(t("page.decisions", lang), className="sheet__title"),
        field(t("report.place", lang), picker("of_place", places, board.place)),
    ]


def signature(board: DecisionsBoard) -> str:
    """Return what the list shows: it changes with its figures, and with what comes, goes, is decided or measured."""
    offers = [f"{o.ranked.suggestion.key}={round(o.ranked.expected or 0)}" for o in board.offers]
    done = [f"{d.decision.key}={d.decision.reference}={d.outcome and d.outcome.at}" for d in board.decided]
    return "\n".join([board.place, str(board.elsewhere), *offers, "", *done])


def result(board: DecisionsBoard, lang: str) -> list[Component]:
    """Return the suggestions, best first, and what was decided in the last 14 days."""
    numbers = Numbers(lang, board.zone)
    cards = [_card(at, offer, numbers) for at, offer in enumerate(board.offers, 1)]
    elsewhere = t("decisions.elsewhere", lang, n=board.elsewhere) if board.elsewhere else None
    parts: list[Component] = [html.Div(cards, className="decisions__list")] if cards else [_empty(lang)]
    if elsewhere:
        parts.append(html.P(elsewhere, className="quiet"))
    return [*parts, _decided_card(board, numbers)]


def _empty(lang: str) -> html.Section:
    words = [html.H2(t("decisions.none", lang), className="card__title"), html.P(t("decisions.none.next", lang))]
    return html.Section(words, className="card")


def _card(at: int, offer: Offer, numbers: Numbers) -> html.Section:
    suggestion, lang = offer.ranked.suggestion, numbers.lang
    head = html.Div(
        [
            html.Span(str(at), className="decision__place num"),
            html.Div(
                [
                    html.H2(say(suggestion.title, numbers), className="decision__title"),
                    html.Span(f"{offer.where} \u00b7 {numbers.moment(suggestion.at)}", className="quiet"),
                ]
            ),
        ],
        className="decision__head",
    )
    proof = evidence_plot(suggestion.evidence, numbers)
    why = html.Div([html.P(say(suggestion.why, numbers)), *([proof] if proof else [])], className="decision__why")
    later = html.Button(
        t("decisions.verdict.rejected", lang),
        type="button",
        className="button",
        **marks(not_now=suggestion.key, title=say(suggestion.title, numbers)),
    )
    body = html.Div([_worth(offer, numbers), why], className="decision__body")
    parts: list[Component] = [head, body, verdict_buttons(offer, numbers, later), _more(offer, numbers)]
    return html.Section(parts, className="card decision", **marks(suggestion=suggestion.key))


def _worth(offer: Offer, numbers: Numbers) -> html.Div:
    ranked, lang = offer.ranked, numbers.lang
    big: list[Component] = []
    if ranked.expected is not None and ranked.low is not None and ranked.high is not None:
        ends = {"low": numbers.signed(ranked.low), "high": numbers.signed(ranked.high)}
        words = [html.B(numbers.signed(ranked.expected)), html.Span(t("decisions.units_this_shift", lang, **ends))]
        big = [html.Div(words, className="decision__gain")]
    return html.Div(
        [
            *big,
            html.Small(gain_words(ranked.suggestion.gain, numbers)),
            html.Small(confidence_words(ranked.confidence, numbers)),
        ],
        className="decision__worth",
    )


def _more(offer: Offer, numbers: Numbers) -> html.Details:
    suggestion, lang = offer.ranked.suggestion, numbers.lang
    roles = ", ".join(t(f"role.{role}", lang) for role in offer.deciders)
    steps = playbook(suggestion, numbers)
    basis = [] if suggestion.gain is None else [html.P(say(suggestion.gain.basis, numbers))]
    said = [
        html.Summary(t("decisions.more" if steps else "decisions.rank", lang)),
        html.P(say(offer.ranked.why, numbers)),
        *basis,
        html.P(t("decisions.deciders", lang, roles=roles)),
        *([steps] if steps else []),
    ]
    return html.Details(said, className="decision__more quiet")


def _not_now(lang: str) -> html.Dialog:
    parts: list[Component] = [
        html.P(className="quiet", **marks(said="")),
        html.Div(slot("about", "hidden"), hidden=True),
        html.Div(slot("verdict", "hidden", value="rejected"), hidden=True),
        field(t("decisions.reason", lang), slot("note", maxlength="500", required="", autocomplete="off")),
        foot(t("decisions.verdict.rejected", lang), lang),
    ]
    return dialog("not_now", t("decisions.verdict.rejected", lang), parts, lang, send="decide")


def _decided_card(board: DecisionsBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("decisions.decided", lang), className="card__title")
    if not board.decided:
        return html.Section([title, html.P(t("decisions.none_decided", lang), className="quiet")], className="card")
    keys = ("what", "said", "by", "reference", "promised", "brought")
    heads = [html.Th(t(f"decisions.{key}", lang)) for key in keys]
    rows = [_row(one, numbers) for one in board.decided]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table table--decided")
    return html.Section([title, html.Div(table, className="scroll")], className="card table-card")


def _row(one: Decided, numbers: Numbers) -> html.Tr:
    lang, said = numbers.lang, one.decision
    word = html.Span(t(f"decisions.was.{said.verdict}", lang), className="tag", **marks(verdict=said.verdict))
    cells = [
        html.Td([html.B(say(one.suggestion.title, numbers)), html.Small(one.where)], className="wraps"),
        html.Td([word, html.Small(said.note or "")], className="wraps"),
        html.Td([said.by, html.Small(numbers.moment(said.at))]),
        html.Td(_reference(one, lang)),
        html.Td(gain_words(one.suggestion.gain, numbers), className="wraps"),
        html.Td(brought_words(one.outcome, numbers) if said.verdict == "accepted" else NONE, className="wraps"),
    ]
    return html.Tr(cells, **marks(decided=one.suggestion.key))


def _reference(one: Decided, lang: str) -> Component | str | list[Component]:
    if not one.is_undone:
        return one.decision.reference or NONE
    said = html.Small(t("decisions.undone", lang))
    again = html.Button(
        t("decisions.again", lang),
        type="button",
        className="button",
        **marks(ask="carry_out", value_about=one.suggestion.key),
    )
    return [said, again] if one.may_act else [said]


def brought_words(outcome: Outcome | None, numbers: Numbers) -> list[Component | str]:
    """Return what an accepted decision brought, or why nobody knows yet."""
    if outcome is None:
        return [t("decisions.not_measured", numbers.lang)]
    word = html.Small(say(outcome.word, numbers))
    if outcome.low is None or outcome.mid is None or outcome.high is None:
        return [word]
    low, mid, high = (numbers.signed(value) for value in (outcome.low, outcome.mid, outcome.high))
    return [t("decisions.promise", numbers.lang, low=low, mid=mid, high=high), word]
