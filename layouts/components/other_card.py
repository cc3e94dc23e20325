"""Stops explained with "other": how much that hides, and the codes that people's notes ask for."""

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.downtime import DowntimeBoard
from app.domain.accounting.vague import MOST_OTHER, OTHER, OtherShare, ProposedCode
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.address import downtime_address


def other_card(board: DowntimeBoard, numbers: Numbers) -> list[Component]:
    """Return the card in a list; nothing while few stops say "other"."""
    found, lang = board.other, numbers.lang
    if found is None or not found.is_too_much:
        return []
    said = t("other.said", lang, share=numbers.percent(found.share), most=numbers.percent(MOST_OTHER), n=found.count)
    stops = downtime_address(board.question, reason=OTHER, bar=None, stop=None)
    content: list[Component] = [
        html.H2(t("other.title", lang), className="card__title"),
        html.P(said),
        *_proposals(found, numbers),
        html.P(t("other.where", lang), className="quiet"),
        dcc.Link(t("other.stops", lang), href=stops, className="button"),
    ]
    return [html.Section(content, className="card")]


def _proposals(found: OtherShare, numbers: Numbers) -> list[Component]:
    lang, parts = numbers.lang, list[Component]()
    if found.proposed:
        parts.append(html.P(t("other.ask", lang)))
        parts.append(html.Ul([html.Li(_proposal(code, numbers)) for code in found.proposed], className="plain"))
    if found.silent:
        parts.append(html.P(t("other.silent", lang, silent=found.silent, n=found.count), className="quiet"))
    return parts


def _proposal(code: ProposedCode, numbers: Numbers) -> list[Component]:
    where = ", ".join(code.machines)
    cost = t("downtime.times", numbers.lang, n=code.count, ms=numbers.minutes(code.ms))
    return [html.B(code.words), html.Small(f"{cost} \u00b7 {where}")]
