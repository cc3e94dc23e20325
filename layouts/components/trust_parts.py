"""How far a number may be relied on, and what speaks against it."""

from dash import html
from dash.development.base_component import Component

from app.boards.explain import Doubt, Trust
from app.text.details import detail, rule_name
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks


def trust_section(trust: Trust, numbers: Numbers, lang: str) -> html.Section:
    """Return the share that may be relied on, what is missing from it, and the findings of the window."""
    share = NONE if trust.value is None else numbers.percent(trust.value)
    facts: list[tuple[str, Component | str]] = [
        (t("kpi.trust", lang), html.B(share)),
        (t("trust.planned", lang), numbers.duration(trust.pbt_ms)),
        (t("bucket.unknown", lang), numbers.duration(trust.unknown_ms)),
        (t("trust.doubtful", lang), numbers.duration(trust.doubtful_ms)),
    ]
    shown = [part for name, value in facts for part in (html.Dt(name), html.Dd(value, className="num"))]
    doubts = html.Ul([doubt_item(doubt, numbers, lang) for doubt in trust.doubts], className="list-plain")
    return html.Section(
        [html.H3(t("trust.title", lang)), html.Dl(shown, className="facts"), *([doubts] if trust.doubts else [])],
        **marks(trust="yes"),
    )


def doubt_item(doubt: Doubt, numbers: Numbers, lang: str) -> html.Li:
    """Return one finding: when, about what, what was seen, who answers for it."""
    about = doubt.equipment.rpartition("/")[2] + (f" \u00b7 {doubt.signal}" if doubt.signal else "")
    head = html.Span([html.B(rule_name(doubt.rule, lang)), f" \u00b7 {about} \u00b7 {numbers.time(doubt.begins)}"])
    owner = t("trust.owner", lang, owner=doubt.owner) if doubt.owner else t("trust.no_owner", lang)
    return html.Li(
        [head, html.Span(detail(doubt.detail, lang), className="quiet"), html.Span(owner, className="quiet")],
        className="list-plain__stack",
    )
