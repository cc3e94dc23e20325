"""How a figure opens: the marks that say which one, of what and with which filters (assets/js/21-panel.js)."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from app.boards.explain import EVERYTHING, Kept
from app.domain.interval import Interval
from app.text.translate import has, t
from layouts.components.live import marks


def figure_name(key: str, lang: str) -> str:
    """Return what people call a figure; a loss is called as in the waterfall."""
    return next((t(found, lang) for found in (f"kpi.{key}", key) if has(found)), key)


def opens(key: str, of: str, window: Interval | None, kept: Kept = EVERYTHING) -> dict[str, Any]:
    """Return the marks of what opens the figure. of: path; window None: the shift so far."""
    span = {} if window is None else {"from": window.start, "to": window.end}
    within = "shifts" if kept.in_shifts else None
    filters = {"during": kept.shift, "within": within, "making": kept.product, "crewed": kept.crew}
    return marks(explain=key, of=of, **span, **filters, because=kept.reason)


def figure_button(shown: list[Component | str], name: str, said: dict[str, Any], lang: str) -> html.Button:
    """Return a figure that opens. name: what it is called; said: its marks from `opens`."""
    title = t("explain.open", lang, kpi=name)
    return html.Button(shown, type="button", className="cell", title=title, **said)
