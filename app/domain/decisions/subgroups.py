"""Which values of a signal were measured together: several in a minute, or so many in a row if somebody asks for it."""

from collections import Counter
from collections.abc import Sequence

from app.domain.decisions.charts import CONSTANTS, Subgroup, subgroup
from app.domain.interval import MINUTE_MS

APART_MS = 15 * MINUTE_MS
"""Values that lie further apart are not of one subgroup: the machine stood, or nobody measured."""
USUAL = 0.8
"""Share of minutes that must hold equally many values for the signal to be measured in subgroups."""


def measured_together(minutes: Sequence[Subgroup]) -> list[Subgroup]:
    """Return the minutes that are whole subgroups; nothing when the signal is not measured in subgroups.

    minutes: what was said in each, by time. A signal is when four of five minutes with it hold equally many values,
    two to ten.
    """
    sizes = Counter(minute.n for minute in minutes)
    if not sizes:
        return []
    size, found = sizes.most_common(1)[0]
    if size not in CONSTANTS or found < USUAL * len(minutes):
        return []
    return [minute for minute in minutes if minute.n == size]


def in_a_row(values: Sequence[tuple[int, float]], size: int) -> list[Subgroup]:
    """Return values (UTC ms, value) by time as subgroups of so many in a row; what is left over is left out."""
    found: list[Subgroup] = []
    held: list[tuple[int, float]] = []
    for t, value in values:
        if held and t - held[-1][0] > APART_MS:
            held = []
        held.append((t, value))
        if len(held) == size:
            found.append(subgroup(held[0][0], [v for _, v in held]))
            held = []
    return found
