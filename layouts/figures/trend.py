"""OEE shift by shift with the limits of normal variation, so that noise is not discussed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from app.boards.shifts import ShiftComparison, TrendPoint
from app.boards.waterfall import NEUTRAL
from app.text.numbers import Numbers
from app.text.translate import has, t
from layouts.figures.theme import SEPARATORS, framed

HEIGHT = 320
WIDTH_OF_LIMITS = 2.66
MOST_LABELS = 8
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
OUTSIDE = "#d4452f"


@dataclass(frozen=True, slots=True)
class Limits:
    """Of an individuals chart: centre, lower and upper; fractions."""

    centre: float
    lower: float
    upper: float


def limits(values: Sequence[float]) -> Limits | None:
    """Return the limits of an individuals (XmR) chart: mean +- 2.66 x mean moving range; None under eight values.

    Source: Shewhart individuals chart, 3/d2 with d2 = 1.128; ISO 7870-2.

    >>> limits([0.7] * 8)
    Limits(centre=0.7, lower=0.7, upper=0.7)
    """
    if len(values) < 8:
        return None
    centre = round(sum(values) / len(values), 9)
    moving = sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    return Limits(centre, centre - WIDTH_OF_LIMITS * moving, centre + WIDTH_OF_LIMITS * moving)


def shift_trend(points: Sequence[TrendPoint], zone: str, lang: str) -> go.Figure:
    """Return the trend; a shift without OEE is a gap, one outside the limits is marked by colour and size."""
    numbers = Numbers(lang, zone)
    names = list(dict.fromkeys(p.shift for p in points))
    known = [p.oee for p in points if p.oee is not None]
    band = limits(known)
    labels = [f"{numbers.date(p.start)} {shift_name(p.shift, lang)}" for p in points]
    outside = [_is_outside(p.oee, band) for p in points]
    line = go.Scatter(
        x=list(range(len(points))),
        y=[None if p.oee is None else p.oee * 100 for p in points],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.5},
        marker={
            "symbol": [SYMBOLS[names.index(p.shift) % len(SYMBOLS)] for p in points],
            "size": [13 if out else 8 for out in outside],
            "color": [OUTSIDE if out else NEUTRAL for out in outside],
        },
        text=[f"{label}<br>OEE {numbers.percent(p.oee)}" for label, p in zip(labels, points, strict=True)],
        hoverinfo="text",
    )
    figure = framed(go.Figure(line), SEPARATORS[t("number.comma", lang)], HEIGHT)
    every = max(1, -(-len(points) // MOST_LABELS))
    figure.update_xaxes(tickvals=list(range(0, len(points), every)), ticktext=labels[::every], tickangle=0)
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero")
    if band is not None:
        _rule(figure, band.centre, t("shifts.centre", lang), numbers, "solid")
        _rule(figure, max(0.0, band.lower), t("shifts.lower", lang), numbers, "dot")
        _rule(figure, band.upper, t("shifts.upper", lang), numbers, "dot")
    return figure


def outside_words(board: ShiftComparison, lang: str) -> str | None:
    """Return which shifts lie outside the limits in words, or that none does; None with too few shifts for limits."""
    numbers, band = Numbers(lang, board.zone), limits([p.oee for p in board.trend if p.oee is not None])
    if band is None:
        return None
    outside = [p for p in board.trend if _is_outside(p.oee, band)]
    if not outside:
        return t("shifts.all_inside", lang)
    named = [f"{numbers.date(p.start)} {shift_name(p.shift, lang)} {numbers.percent(p.oee)}" for p in outside]
    return t("shifts.outside", lang, shifts=", ".join(named))


def shift_name(shift: str, lang: str) -> str:
    """Return a shift's name in the reader's language where it is a common one."""
    return t(f"shift.{shift}", lang) if has(f"shift.{shift}") else shift


def _is_outside(value: float | None, band: Limits | None) -> bool:
    return value is not None and band is not None and not band.lower <= value <= band.upper


def _rule(figure: go.Figure, value: float, label: str, numbers: Numbers, dash: str) -> None:
    figure.add_hline(
        y=value * 100,
        line={"color": NEUTRAL, "width": 1, "dash": dash},
        annotation_text=f"{label} {numbers.percent(value)}",
        annotation_position="top left",
        annotation_font_size=12,
    )
