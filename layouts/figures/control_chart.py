"""A control chart: points by time, centre and limits as they stepped, rule hits by shape and colour, words on hover."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from app.boards.waterfall import NEUTRAL
from app.domain.decisions.chart_rules import Fired
from app.domain.decisions.charts import Chart, Point
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.figures.theme import SEPARATORS, framed

HEIGHT, LOW_HEIGHT = 320, 170
OUTSIDE, PATTERN = "#d4452f", "#b7791f"
BEYOND = frozenset({"we1", "nelson1"})
MOST_POINTS = 240


def control_chart(chart: Chart, fired: Sequence[Fired], unit: str, numbers: Numbers, height: int = HEIGHT) -> go.Figure:
    """Return the figure of the newest 240 points. unit `%`: values are fractions.

    A point beyond a limit is a red diamond, one that ends a run that a rule names an amber triangle: shape and colour
    say the same.
    """
    skipped = max(0, len(chart.points) - MOST_POINTS)
    points = chart.points[skipped:]
    hits = hits_by_point(fired, skipped)
    scale = 100 if unit == "%" else 1
    at = [datetime.fromtimestamp(p.t / 1000, ZoneInfo(numbers.zone)).replace(tzinfo=None) for p in points]
    figure = go.Figure()
    for name, dash in (("high", "dot"), ("centre", "solid"), ("low", "dot")):
        levels = [getattr(p, name) * scale for p in points]
        line = {"color": NEUTRAL, "width": 1, "dash": dash, "shape": "hvh"}
        figure.add_scatter(x=at, y=levels, mode="lines", line=line, hoverinfo="skip")
    marks = [_mark(hits.get(place, ())) for place in range(len(points))]
    figure.add_scatter(
        x=at,
        y=[p.value * scale for p in points],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.5},
        marker={"symbol": [m[0] for m in marks], "color": [m[1] for m in marks], "size": [m[2] for m in marks]},
        text=[_words(p, hits.get(place, ()), unit, numbers) for place, p in enumerate(points)],
        hoverinfo="text",
    )
    baseline = chart.baseline - skipped
    if 0 < baseline < len(points):
        figure.add_vline(x=at[baseline], line={"color": NEUTRAL, "width": 1, "dash": "dash"})
    framed(figure, SEPARATORS[t("number.comma", numbers.lang)], height)
    figure.update_yaxes(ticksuffix=f" {unit}" if unit else "", automargin=True)
    figure.update_xaxes(tickformat="%d.%m. %H:%M" if numbers.lang == "de" else "%d %b %H:%M", nticks=8)
    return figure


def hits_by_point(fired: Sequence[Fired], skipped: int = 0) -> Mapping[int, tuple[str, ...]]:
    """Return the rules that fired at each place, places counted from the first point that is shown."""
    found: dict[int, tuple[str, ...]] = {}
    for rule in fired:
        for place in rule.at:
            found[place - skipped] = (*found.get(place - skipped, ()), rule.rule)
    return found


def _mark(rules: Sequence[str]) -> tuple[str, str, int]:
    if not rules:
        return "circle", NEUTRAL, 5
    return ("diamond", OUTSIDE, 12) if set(rules) & BEYOND else ("triangle-up", PATTERN, 10)


def _words(point: Point, rules: Sequence[str], unit: str, numbers: Numbers) -> str:
    value = amount(point.value, unit, numbers)
    limits = t(
        "quality.limits",
        numbers.lang,
        low=amount(point.low, unit, numbers),
        centre=amount(point.centre, unit, numbers),
        high=amount(point.high, unit, numbers),
    )
    counted = [t("quality.of_units", numbers.lang, n=numbers.whole(point.n))] if unit == "%" else []
    named = [t(f"quality.rule.{rule}", numbers.lang) for rule in rules]
    return "<br>".join([numbers.moment(point.t), f"<b>{value}</b>", limits, *counted, *named])


def amount(value: float | None, unit: str, numbers: Numbers) -> str:
    """Return a value with its unit; unit `%`: the value is a fraction. Small numbers get more digits."""
    if value is None:
        return "\u2013"
    if unit == "%":
        return f"{numbers.decimal(value * 100, 2)} %"
    digits = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{numbers.decimal(value, digits)} {unit}".strip()
