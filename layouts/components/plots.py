"""Small drawings (assets/js/26-plots.js draws them): shifts before and after, intervals."""

import json

from dash import html

from app.domain.decisions.effect import Effect
from app.domain.suggestion import Gain
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import aria, marks

_ROOM = 1.1


def effect_plot(found: Effect, decided_at: int, numbers: Numbers) -> html.Figure | None:
    """Return good units of each shift before and after, with the control lines of before; None without shifts."""
    shifts = (*found.before, *found.after)
    if not shifts:
        return None
    kept = found.limits
    lines = [] if kept is None else [{"cls": "limit", "y": kept.low}, {"cls": "limit", "y": kept.high}]
    lines += [] if kept is None else [{"cls": "centre", "y": kept.centre}]
    points = [(s.start, s.good) for s in shifts]
    said = {"points": points, "lines": lines, "mark": decided_at, "dots": True}
    n = {"before": len(found.before), "after": len(found.after)}
    return _figure(said, t("outcomes.shifts_seen", numbers.lang, **n))


def interval_plot(gain: Gain | None, found: Effect | None, numbers: Numbers) -> html.Figure | None:
    """Return what was promised over what was measured, on one axis; None when neither is known."""
    bars: list[dict[str, object]] = []
    ends = [0.0]
    if gain is not None:
        bars.append({"cls": "promise", "low": gain.low, "mid": gain.mid, "high": gain.high})
        ends += [gain.low, gain.high]
    if found is not None and found.low is not None and found.high is not None:
        bars.append({"cls": "measured", "low": found.low, "mid": found.mid, "high": found.high})
        ends += [found.low, found.high]
    if not bars:
        return None
    said = {"bars": bars, "from": min(ends) * _ROOM, "to": max(ends) * _ROOM or 1.0}
    return _figure(said, None, label=t("outcomes.promise_over_measured", numbers.lang))


def _figure(said: dict[str, object], words: str | None, *, label: str = "") -> html.Figure:
    drawing = html.Div(className="plot", role="img", **marks(plot=json.dumps(said)), **aria(label=words or label))
    return html.Figure([drawing, html.Figcaption(words, className="quiet") if words else None], className="plot-box")
