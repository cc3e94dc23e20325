"""What a line makes next: production orders, one after another, and how long a change-over takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter

FALLBACK_CYCLE_MS = 1_000.0
DEFAULT_SETUP_MS = 15 * 60_000
SHORTEST_H, LONGEST_H = 3.5, 9.0
EXPECTED_OEE = 0.68
AHEAD_MS = 14 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Order:
    """A production order. quantity: good units; due, start: UTC ms."""

    id: str
    product: str
    quantity: int
    start: int
    due: int


@dataclass(slots=True)
class Job:
    """What a line (or one parallel machine) works on now, and the good units it has made of it."""

    order: Order
    made: int = 0


def cycle_ms(plant: Plant, machine: str, line: WorkCenter, product: str, t: int) -> float:
    """Return the ideal ms per unit: the machine's own rate, else the constraint's, else one second."""
    for path in (machine, line.constraint):
        rate = plant.rates.rate(path, product, t)
        if rate is not None and rate.cycle_ns > 0:
            return rate.cycle_ns / 1e6
    return FALLBACK_CYCLE_MS


def makeable(plant: Plant, line: WorkCenter) -> tuple[str, ...]:
    """Return the products for which the line's constraint has a rate of its own, else all; file order."""
    own = [p for p in plant.products if (line.constraint, p) in plant.rates.entries]
    return tuple(own or plant.products or ("product",))


def next_order(plant: Plant, line: WorkCenter, choice: Sequence[str], t: int, chance: Random) -> Order:
    """Return an order that begins at `t`, takes 3.5 to 9 hours and is due in the line's shifts; its id tells both."""
    product = chance.choice(choice)
    hours = chance.uniform(SHORTEST_H, LONGEST_H)
    units = hours * 3_600_000 / cycle_ms(plant, line.constraint, line, product, t) * EXPECTED_OEE
    step = 10 ** max(0, len(str(int(units))) - 2)
    stamp = datetime.fromtimestamp(t / 1000, UTC).strftime("%y%m%d-%H%M")
    due = worked(line, t, int(hours * chance.uniform(1.0, 1.35) * 3_600_000))
    return Order(f"{line.id}-{stamp}", product, max(1, round(units / step)) * step, t, due)


def worked(line: WorkCenter, t: int, ms: int) -> int:
    """Return when a line has worked for `ms` in its shifts from `t` on (UTC ms): nobody wants an order in a weekend."""
    left = ms
    for shift in line.calendar.instances(Interval(t, t + AHEAD_MS)):
        start = max(t, shift.start)
        if shift.end - start >= left:
            return start + left
        left -= shift.end - start
    return t + ms


def setup_ms(line: WorkCenter, old: str, new: str, chance: Random) -> int:
    """Return how long the change from `old` to `new` takes: the standard, more often overrun than beaten."""
    keys = ((old, new), (None, new), (old, None), (None, None))
    standard = next((line.setup_target_ms[k] for k in keys if k in line.setup_target_ms), DEFAULT_SETUP_MS)
    return int(standard * min(2.5, chance.lognormvariate(0.08, 0.22)))
