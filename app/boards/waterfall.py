"""The loss waterfall as numbers and colours: one drawing for page and paper."""

from collections.abc import Mapping
from typing import NamedTuple

COLOURS = {
    "good": "#9fb3bd",
    "breakdown": "#d4452f",
    "unplanned_stop": "#d4452f",
    "setup": "#3a7cbd",
    "starved": "#4fb3d9",
    "blocked": "#8a63bf",
    "minor_stops": "#f0983c",
    "reduced_speed": "#e3c64a",
    "startup_rejects": "#c978a8",
    "production_rejects": "#b04a86",
    "unknown": "#8d9aa2",
    "planned_stop": "#b8c2c8",
}
NEUTRAL = "#7d929d"


class Bar(NamedTuple):
    """One bar. key: a loss, `planned_busy` or `good`; from `base` up by `size`; ms: what it says, may be negative."""

    key: str
    base: int
    size: int
    ms: int


def waterfall(losses: Mapping[str, int]) -> list[Bar]:
    """Return planned busy time, every loss hanging where the one before ended, and good time. losses: ms, with `good`.

    >>> [tuple(bar) for bar in waterfall({"setup": 4, "good": 6})]
    [('planned_busy', 0, 10, 10), ('setup', 6, 4, 4), ('good', 0, 6, 6)]
    """
    level = sum(losses.values())
    bars = [Bar("planned_busy", 0, level, level)]
    for key, ms in losses.items():
        if key != "good":
            level -= ms
            bars.append(Bar(key, min(level, level + ms), abs(ms), ms))
    good = losses.get("good", 0)
    return [*bars, Bar("good", 0, good, good)]
