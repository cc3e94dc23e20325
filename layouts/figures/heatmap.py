"""OEE by weekday and hour: where in the week time is lost. Dark is low; a cell nobody knows is empty."""

from collections.abc import Sequence

import plotly.graph_objects as go

from app.text.numbers import Numbers
from app.text.translate import t
from layouts.figures.theme import SEPARATORS, framed

HEIGHT = 300
SCALE = ((0.0, "#5b3a8c"), (0.5, "#9fb3bd"), (1.0, "#eef2f4"))
"""One hue to neutral, told apart by lightness too."""


def week_heatmap(oee: Sequence[Sequence[float | None]], lang: str) -> go.Figure:
    """Return the map. oee: seven days (Monday first) of 24 hours, fractions, None where nothing is known."""
    numbers = Numbers(lang, "UTC")
    days = [t(f"weekday.{day}", lang) for day in range(7)]
    cells = go.Heatmap(
        x=[f"{hour:02}" for hour in range(24)],
        y=days,
        z=[[None if value is None else value * 100 for value in day] for day in oee],
        text=[
            [f"{name} {hour:02}:00<br>OEE {numbers.percent(value)}" for hour, value in enumerate(day)]
            for name, day in zip(days, oee, strict=True)
        ],
        hoverinfo="text",
        hoverongaps=False,
        colorscale=SCALE,
        xgap=2,
        ygap=2,
        colorbar={"thickness": 10, "outlinewidth": 0, "ticksuffix": " %", "len": 0.9},
    )
    figure = framed(go.Figure(cells), SEPARATORS[t("number.comma", lang)], HEIGHT)
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True, ticks="")
    figure.update_xaxes(nticks=12, type="category")
    return figure
