"""The loss waterfall: from planned busy time down to the ideal time of good units; it closes to the millisecond."""

from collections.abc import Mapping

import plotly.graph_objects as go

from app.text.numbers import Numbers
from app.text.translate import t
from layouts.figures.theme import COLOURS, NEUTRAL, PATTERNS, SEPARATORS, framed

HEIGHT = 320
HOUR = 3_600_000


def loss_waterfall(losses: Mapping[str, int], lang: str) -> go.Figure:
    """Return the waterfall. losses: ms by loss and `good`, adding up to planned busy time."""
    numbers = Numbers(lang, "UTC")
    planned = sum(losses.values())
    names, bases, sizes, texts, colours, patterns = [], [], [], [], [], []
    level = planned
    for key, ms in losses.items():
        if key == "good":
            continue
        level -= ms
        names.append(t(f"loss.{key}", lang))
        bases.append(min(level, level + ms) / HOUR)
        sizes.append(abs(ms) / HOUR)
        texts.append(numbers.minutes(ms))
        colours.append(COLOURS.get(key, NEUTRAL))
        patterns.append(PATTERNS.get(key, ""))
    ends = (t("downtime.planned_time", lang), t("loss.good", lang))
    bars = go.Bar(
        x=[ends[0], *names, ends[1]],
        y=[planned / HOUR, *sizes, losses.get("good", 0) / HOUR],
        base=[0.0, *bases, 0.0],
        text=[numbers.minutes(planned), *texts, numbers.minutes(losses.get("good", 0))],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="x+text",
        marker={
            "color": [NEUTRAL, *colours, COLOURS["good"]],
            "pattern": {
                "fillmode": "overlay",
                "shape": ["", *patterns, ""],
                "fgcolor": "rgba(255,255,255,.55)",
                "size": 6,
            },
        },
    )
    figure = framed(go.Figure(bars), SEPARATORS[t("number.comma", lang)], HEIGHT)
    figure.update_yaxes(ticksuffix=" h", rangemode="tozero")
    return figure
