"""Empty, loading, error, forbidden, not found: designed states with a next step in words."""

from typing import Literal

from dash import html

from app.text.translate import t
from layouts.components.live import marks

Kind = Literal["empty", "no_data", "error", "forbidden", "not_found", "no_history"]
_BUCKETS = {"empty": "unscheduled", "no_data": "unknown", "error": "unplanned_stop", "forbidden": "planned_stop"}


def awaiting(lang: str) -> html.Div:
    """Return what a live page shows instead of its parts until the first board comes."""
    return html.Div(blank("no_data", lang), className="await")


def blank(kind: Kind, lang: str, *, href: str = "/") -> html.Div:
    """Return a whole page that says what is the matter and what to do next; href: where the next step leads."""
    return html.Div(
        [
            html.Div(className="blank__mark", **marks(bucket=_BUCKETS.get(kind, "unscheduled"))),
            html.H1(t(f"state.{kind}.title", lang), className="blank__title"),
            html.P(t(f"state.{kind}.text", lang), className="blank__text"),
            html.A(t(f"state.{kind}.next", lang), href=href, className="button"),
        ],
        className="blank",
        role="alert" if kind == "error" else "status",
    )
