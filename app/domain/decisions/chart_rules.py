"""Rules that say when a control chart shows more than chance: Western Electric 1 to 4 and Nelson 1 to 8.

Each rule looks at a run of points that ends with one; that one is where the rule fires. Sources: Western Electric,
Statistical Quality Control Handbook, 1956; Nelson 1984, Journal of Quality Technology 16(4), 238-239.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.domain.decisions.charts import Point

Run = Sequence[float]


class Fired(NamedTuple):
    """A rule with the places in the chart where it fired, rising. rule: `we1` to `we4`, `nelson1` to `nelson8`."""

    rule: str
    at: tuple[int, ...]


class _Rule(NamedTuple):
    name: str
    length: int
    holds: Callable[[Run], bool]


def _beyond(run: Run, distance: float, needed: int) -> bool:
    """Whether the last point and at least `needed` in all lie beyond the distance on one side."""
    side = 1 if run[-1] > 0 else -1
    return side * run[-1] > distance and sum(side * z > distance for z in run) >= needed


def _one_side(run: Run) -> bool:
    return all(z > 0 for z in run) or all(z < 0 for z in run)


def _steady(run: Run) -> bool:
    steps = [b - a for a, b in pairwise(run)]
    return all(s > 0 for s in steps) or all(s < 0 for s in steps)


def _alternating(run: Run) -> bool:
    steps = [b - a for a, b in pairwise(run)]
    return all(a * b < 0 for a, b in pairwise(steps))


def _hugging(run: Run) -> bool:
    return all(abs(z) < 1 for z in run)


def _avoiding(run: Run) -> bool:
    return all(abs(z) > 1 for z in run) and not _one_side(run)


def _out(run: Run) -> bool:
    return _beyond(run, 3, 1)


def _two_of_three(run: Run) -> bool:
    return _beyond(run, 2, 2)


def _four_of_five(run: Run) -> bool:
    return _beyond(run, 1, 4)


WESTERN_ELECTRIC = (
    _Rule("we1", 1, _out),
    _Rule("we2", 3, _two_of_three),
    _Rule("we3", 5, _four_of_five),
    _Rule("we4", 8, _one_side),
)
NELSON = (
    _Rule("nelson1", 1, _out),
    _Rule("nelson2", 9, _one_side),
    _Rule("nelson3", 6, _steady),
    _Rule("nelson4", 14, _alternating),
    _Rule("nelson5", 3, _two_of_three),
    _Rule("nelson6", 5, _four_of_five),
    _Rule("nelson7", 15, _hugging),
    _Rule("nelson8", 8, _avoiding),
)
RULES = tuple(rule.name for rule in (*WESTERN_ELECTRIC, *NELSON))


def western_electric(points: Sequence[Point]) -> tuple[Fired, ...]:
    """Return the rules of Western Electric that fired, in their order.

    1: one point beyond 3 sigma; 2: two of three beyond 2 sigma, 3: four of five beyond 1 sigma, each on one side;
    4: eight in a row on one side of the centre.
    """
    return _fired(points, WESTERN_ELECTRIC)


def nelson(points: Sequence[Point]) -> tuple[Fired, ...]:
    """Return Nelson's rules that fired, in their order.

    1: beyond 3 sigma; 2: nine on one side; 3: six steadily rising or falling; 4: fourteen alternating; 5: two of three
    beyond 2 sigma on one side; 6: four of five beyond 1 sigma on one side; 7: fifteen within 1 sigma; 8: eight beyond
    1 sigma, on both sides.
    """
    return _fired(points, NELSON)


def _fired(points: Sequence[Point], rules: Sequence[_Rule]) -> tuple[Fired, ...]:
    z = [point.z for point in points]
    found = []
    for rule in rules:
        # Two of three and four of five need not wait for a full run: two points beyond are two of three already.
        least = {"we2": 2, "we3": 4, "nelson5": 2, "nelson6": 4}.get(rule.name, rule.length)
        ends = range(least, len(z) + 1)
        at = tuple(end - 1 for end in ends if rule.holds(z[max(0, end - rule.length) : end]))
        if at:
            found.append(Fired(rule.name, at))
    return tuple(found)
