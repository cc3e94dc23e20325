"""The loss waterfall: from planned busy time down to the ideal time of good units; it closes to the millisecond."""

from collections.abc import Mapping

import plotly.graph_objects as go

from app.boards.waterfall import COLOURS, NEUTRAL, waterfall
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.figures.theme import PATTERNS, SEPARATORS, framed

HEIGHT = 320
HOUR = 3_600_000


def loss_waterfall(losses: Mapping[str, int], lang: str) -> go.Figure:
    """Return the waterfall. losses: ms by loss and `good`, adding up to planned busy time."""
    numbers, found = Numbers(lang, "UTC"), waterfall(losses)
    bars = go.Bar(
        x=[t("downtime.planned_time" if bar.key == "planned_busy" else f"loss.{bar.key}", lang) for bar in found],
        y=[bar.size / HOUR for bar in found],
        base=[bar.base / HOUR for bar in found],
        text=[_short(bar.ms, numbers) for bar in found],
        hovertext=[numbers.minutes(bar.ms) for bar in found],
        textposition="outside",
        constraintext="none",
        textfont={"size": 12},
        cliponaxis=False,
        hoverinfo="x+text",
        marker={
            "color": [COLOURS.get(bar.key, NEUTRAL) for bar in found],
            "pattern": {
                "fillmode": "overlay",
                "shape": [PATTERNS.get(bar.key, "") for bar in found],
                "fgcolor": "rgba(255,255,255,.55)",
                "size": 6,
            },
        },
    )
    figure = framed(go.Figure(bars), SEPARATORS[t("number.comma", lang)], HEIGHT)
    figure.update_yaxes(ticksuffix=" h", rangemode="tozero")
    return figure


def _short(ms: int, numbers: Numbers) -> str:
    """Return a duration no wider than its bar, which says it to the minute when it is pointed at."""
    if ms < HOUR:
        return numbers.minutes(ms)
    hours = numbers.whole(ms / HOUR) if ms >= 100 * HOUR else numbers.decimal(ms / HOUR)
    return f"{hours} {t('unit.h', numbers.lang)}"
