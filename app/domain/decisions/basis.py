"""Which paces a plan counts on, and whether they are still so."""

from collections import Counter
from collections.abc import Sequence

from app.domain.decisions.remedies import PaceUsed
from app.domain.decisions.schedule import Floor, Plan

MOVED, MUCH = 0.15, 0.25
"""A pace has moved when it differs by more than 15 %; the basis, when a quarter of the orders stand on such."""


def paces_used(floor: Floor, plan: Plan) -> tuple[PaceUsed, ...]:
    """Return what a plan of this floor counts on, by line and product; without running orders."""
    orders = Counter((a.line, floor.demands[a.order].product) for a in plan.assignments if not a.running)
    found = ((key, n, floor.lines[key[0]].paces[key[1]]) for key, n in sorted(orders.items()))
    return tuple(PaceUsed(*key, n, pace.per_h, pace.shifts) for key, n, pace in found)


def assumed(used: Sequence[PaceUsed]) -> int:
    """Return how many orders have no measured pace yet."""
    return sum(one.orders for one in used if not one.shifts)


def has_moved(used: Sequence[PaceUsed], floor: Floor) -> bool:
    """Return whether the lines' paces are by now much other than those a plan was made with."""
    moved = 0
    for one in used:
        line = floor.lines.get(one.line)
        now = None if line is None else line.paces.get(one.product)
        if now is None or abs(now.per_h - one.per_h) > MOVED * one.per_h:
            moved += one.orders
    return moved > 0 and moved >= MUCH * sum(one.orders for one in used)
