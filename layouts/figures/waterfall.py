"""The difference waterfall: from one OEE to the other, loss by loss; the steps add up exactly."""

from collections.abc import Sequence

import plotly.graph_objects as go

from app.boards.shifts import Step
from app.boards.waterfall import COLOURS, NEUTRAL
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.figures.theme import PATTERNS, SEPARATORS, framed

HEIGHT = 360


def difference_waterfall(
    ends: tuple[tuple[str, float], tuple[str, float]], steps: Sequence[Step], lang: str
) -> go.Figure:
    """Return bars from the first OEE over every step to the second.

    ends: (label, OEE as fraction) of both sides. steps: points as fractions; their sum is the ends' difference.
    """
    numbers = Numbers(lang, "UTC")
    (first, before), (second, after) = ends
    names, bases, sizes, texts, colours, patterns = [first], [0.0], [before], [numbers.percent(before)], [NEUTRAL], [""]
    level = before
    for step in steps:
        names.append(t(f"loss.{step.key}", lang))
        bases.append(min(level, level + step.points) * 100)
        sizes.append(abs(step.points))
        texts.append(numbers.points(step.points))
        colours.append(COLOURS.get(step.key, NEUTRAL))
        patterns.append(PATTERNS.get(step.key, ""))
        level += step.points
    bars = go.Bar(
        x=[*names, second],
        y=[size * 100 for size in (*sizes, after)],
        base=[*bases, 0.0],
        text=[*texts, numbers.percent(after)],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="x+text",
        marker={
            "color": [*colours, NEUTRAL],
            "pattern": {"fillmode": "overlay", "shape": [*patterns, ""], "fgcolor": "rgba(255,255,255,.55)", "size": 6},
        },
    )
    figure = framed(go.Figure(bars), SEPARATORS[t("number.comma", lang)], HEIGHT)
    levels = [b + s * 100 for b, s in zip(bases[1:], sizes[1:], strict=True)] + [before * 100, after * 100]
    lows = [*bases[1:], before * 100, after * 100]
    spare = max(2.0, (max(levels) - min(lows)) * 0.25)
    figure.update_yaxes(range=[max(0.0, min(lows) - 2 * spare), max(levels) + spare], ticksuffix=" %")
    return figure
