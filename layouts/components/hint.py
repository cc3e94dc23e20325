"""A term explained the first time a person meets it: a small mark, opened by click or key, gone for good on "Got it".

Which hints somebody has put away is kept in the browser per account (assets/js/28-hints.js): no data of the plant.
"""

from dash import html

from app.text.translate import has, t
from layouts.components.live import aria, marks


def hint(term: str, lang: str) -> html.Details:
    """Return the mark of a term; its text is `hint.<term>`. It shows until this person has put it away."""
    name = t(f"kpi.{term}", lang) if has(f"kpi.{term}") else t(f"bucket.{term}", lang) if has(f"bucket.{term}") else ""
    label = t("hint.open", lang, term=name or t(f"hint.name.{term}", lang))
    got = html.Button(t("hint.got", lang), type="button", className="button button--slim", **marks(hint_got=term))
    text = html.Div([html.P(t(f"hint.{term}", lang)), got], className="hint__text", role="note")
    mark = html.Summary("?", className="hint__mark", title=label, **aria(label=label))
    return html.Details([mark, text], className="hint", **marks(hint=term))


def hinted(thing: html.Button, term: str, lang: str) -> html.Div:
    """Return a button with the hint of its term beside it: a button may not hold another one."""
    return html.Div([thing, hint(term, lang)], className="hinted")
