"""What no plan can cost less than: lateness and set-ups apart, each by a problem easier than the real one.

Lateness: every line's working time is cut into slots; work is rounded down to whole slots and set-ups are left out, so
every real plan, pushed together, is one of these and no later. That a slot holds one order is priced instead of
demanded (Lagrangian relaxation of the time-indexed formulation; Dyer and Wolsey 1990, Discrete Applied Mathematics
26, 255-270): with any prices, every order alone on its cheapest place, less the prices of all slots, is a true bound.
Steps after Adam (Kingma and Ba 2015) look for good prices. Set-ups: every product is set up at least once somewhere,
unless a line has it on already or begins with it; which line begins with which is an assignment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

from app.domain.decisions.schedule import Demand, Floor, LineCapability, Plan
from app.domain.interval import HOUR_MS, MINUTE_MS

SLOT_MS, MOST_SLOTS = HOUR_MS // 2, 1_000
SOFTNESS, SOFT_STEPS, REACH, SURE_STEPS = 60.0, 20, 20.0, 30
"""Minutes, and steps after which they are half as much."""
Array = Any
"""A numpy array; their element types are no help here."""


def lower_bound(floor: Floor, plan: Plan, seconds: float) -> float:
    """Return minutes that no plan of this floor costs less than. plan: one of it; seconds: to look for prices."""
    running = sum(floor.cost(path, ()) for path in floor.lines)  # they end when they end
    late = max(0.0, plan.cost - plan.setup_ms / MINUTE_MS - running)  # the least there is cannot be more
    return running + _set_ups(floor) + _Prices(floor).bound(late, seconds)


@dataclass(slots=True)
class _Line:
    """A line's orders in slots. cost: minutes by order and end (last: later still); work: slots; who: numbers."""

    who: Array
    work: Array
    cost: Array
    before: Array


class _Prices:
    """Slots' prices, and what orders cost with them."""

    def __init__(self, floor: Floor) -> None:
        self.orders = [d for d in floor.demands.values() if floor.able(d.order)]
        numbers = {one.order: n for n, one in enumerate(self.orders)}
        able = {path: [d for d in self.orders if path in floor.able(d.order)] for path in floor.lines}
        self.lines = [_in_slots(floor, path, own, numbers) for path, own in able.items() if own]
        self.prices = [np.zeros(line.cost.shape[1] - 1) for line in self.lines]

    def bound(self, late: float, seconds: float) -> float:
        """Return the best bound that steps find in time, never above `late`: minutes."""
        if not self.orders:
            return 0.0
        best, until, step = 0.0, monotonic() + seconds, 0
        mean, square = [0.0 * price for price in self.prices], [0.0 * price for price in self.prices]
        while best < late and monotonic() < until:
            found, over = self._look(SOFTNESS / (1 + step / SOFT_STEPS))
            best, reach, step = max(best, found), REACH / (1 + step / SURE_STEPS), step + 1
            for n, more in enumerate(over):
                mean[n] = 0.8 * mean[n] + 0.2 * more
                square[n] = 0.95 * square[n] + 0.05 * more**2
                self.prices[n] = np.maximum(0.0, self.prices[n] + reach * mean[n] / (np.sqrt(square[n]) + 0.1))
        return min(best, late)

    def _look(self, soft: float) -> tuple[float, list[Array]]:
        """Return the bound at these prices, and by how much each slot is overfull.

        soft: minutes by which a place may be dearer and still be taken in part: were only the cheapest counted, all
        orders would jump from one place to the next together.
        """
        least, wholes = np.full(len(self.orders), np.inf), []
        for line, price in zip(self.lines, self.prices, strict=True):
            paid = np.concatenate(([0.0], np.cumsum(price)))
            whole = line.cost + paid[None, :] - paid[line.before]
            whole[:, -1] = line.cost[:, -1]
            wholes.append(whole)
            least[line.who] = np.minimum(least[line.who], whole.min(axis=1))
        parts = [
            np.exp((least[line.who][:, None] - whole) / soft) for line, whole in zip(self.lines, wholes, strict=True)
        ]
        total = np.zeros(len(self.orders))
        for line, part in zip(self.lines, parts, strict=True):
            total[line.who] += part.sum(axis=1)
        over = [_overfull(line, part / total[line.who][:, None]) for line, part in zip(self.lines, parts, strict=True)]
        return float(least.sum() - sum(price.sum() for price in self.prices)), over


def _overfull(line: _Line, share: Array) -> Array:
    """Return how many orders more than one lie in each slot. share: of each order, by where it ends."""
    slots = share.shape[1] - 1
    share[:, -1] = 0.0
    changes = np.bincount(line.before.ravel(), weights=share.ravel(), minlength=slots + 1) - share.sum(axis=0)
    return np.cumsum(changes)[:slots] - 1.0


def _in_slots(floor: Floor, path: str, own: Sequence[Demand], numbers: dict[str, int]) -> _Line:
    line, time, at = floor.lines[path], floor.time(path), floor.after(path, ())
    first = at.work // SLOT_MS
    load = sum(line.work_ms(d.product, d.quantity) for d in own) // SLOT_MS
    slots = int(min(MOST_SLOTS, time.total // SLOT_MS - first, load + 1)) + 1
    ends = np.array([_end(time, (first + k) * SLOT_MS, floor.now) for k in range(slots + 1)], dtype=float)
    due = np.array([d.due for d in own], dtype=float)
    weight = np.array([d.priority for d in own], dtype=float)
    cost = weight[:, None] * np.maximum(0.0, ends[None, :] - due[:, None]) / MINUTE_MS
    work = np.array([min(slots, line.work_ms(d.product, d.quantity) // SLOT_MS) for d in own])
    begin = np.array([max(0, time.done_by(d.earliest or 0) // SLOT_MS - first) for d in own])
    places = np.arange(slots + 1)[None, :]
    cost = np.where(places < np.minimum(begin + work, slots)[:, None], np.inf, cost)
    who = np.array([numbers[d.order] for d in own])
    return _Line(who, work, cost, np.maximum(0, places - work[:, None]))


def _end(time: Any, work: int, now: int) -> int:
    end = time.ends(min(work, time.total))
    return now if end is None else int(end)


def _set_ups(floor: Floor) -> float:
    from scipy.optimize import linear_sum_assignment  # only who plans pays for it

    wanted = {d.product for d in floor.demands.values() if floor.able(d.order)}
    on = {line.running.product for line in floor.lines.values() if line.running is not None}
    each = {product: _least(floor, product) for product in sorted(wanted - on)}
    free = [line for line in floor.lines.values() if line.running is None or line.running.product is None]
    if not each or not free:
        return sum(each.values()) / MINUTE_MS
    saved = np.array([[ms if product in line.paces else 0 for line in free] for product, ms in each.items()])
    rows, columns = linear_sum_assignment(saved, maximize=True)
    return float(sum(each.values()) - saved[rows, columns].sum()) / MINUTE_MS


def _least(floor: Floor, product: str) -> int:
    """The least set-up to a product that any line that makes it has."""
    return min(_from_any(line, product) for line in floor.lines.values() if line.windows and product in line.paces)


def _from_any(line: LineCapability, product: str) -> int:
    before = {*line.paces, line.running.product if line.running is not None else None} - {product, None}
    return min((line.setup_ms(one, product) for one in before), default=0)
