"""A stretch of a measured value as proof: drawn by assets/js/25-evidence.js, said in words for those who do not see."""

import json

from dash import html

from app.domain.suggestion import Evidence
from app.text.numbers import NONE, Numbers
from app.text.translate import has, t
from layouts.components.live import aria, marks

MOST_POINTS = 240


def evidence_plot(evidence: Evidence | None, numbers: Numbers) -> html.Figure | None:
    """Return the drawing with its limits and its last value; None: there is nothing to draw."""
    if evidence is None or len(evidence.points) < 2:
        return None
    step = -(-len(evidence.points) // MOST_POINTS)
    points = [*evidence.points[:-1:step], evidence.points[-1]]
    drawn = {"points": points, "low": evidence.low, "high": evidence.high, "mark": evidence.mark_ms}
    said = _said(evidence, numbers)
    first, last = numbers.clock(evidence.points[0][0]), numbers.clock(evidence.points[-1][0])
    plot = html.Div(className="evidence__plot", role="img", **marks(evidence=json.dumps(drawn)), **aria(label=said))
    foot = html.Small([html.Span(first), html.Span(said, className="evidence__said"), html.Span(last)])
    return html.Figure([plot, html.Figcaption(foot)], className="evidence")


def _name(evidence: Evidence, numbers: Numbers) -> str:
    return t(evidence.name, numbers.lang) if has(evidence.name) else evidence.name


def _said(evidence: Evidence, numbers: Numbers) -> str:
    def shown(value: float | None) -> str:
        return NONE if value is None else f"{numbers.decimal(value, 1)} {evidence.unit}".strip()

    now = shown(evidence.points[-1][1])
    if evidence.low is None and evidence.high is None:
        return t("alert.evidence", numbers.lang, name=_name(evidence, numbers), now=now)
    known = "low" if evidence.high is None else "high" if evidence.low is None else "both"
    limits = {"low": shown(evidence.low), "high": shown(evidence.high)}
    return t(f"alert.evidence.limits.{known}", numbers.lang, name=_name(evidence, numbers), now=now, **limits)
