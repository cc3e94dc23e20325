"""Replanning: how long, how much better than by due time, how far from the best at most.

For two sizes of plant, and for one of which more is wanted than it can make in time.
"""

import random
from time import perf_counter

from app.decider.planner import Planner
from app.domain.decisions.remedies import Costs, risks
from app.domain.decisions.schedule import Demand, Floor, LineCapability, Pace
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval

NOW = 1_795_430_400_000
PRODUCTS = 12
SIZES = ((40, 6, 1.0), (200, 20, 1.0), (200, 20, 1.3))
"""Orders, lines, how much is wanted of them."""


def a_floor(orders: int, lines: int, load: float = 1.0, seed: int = 1) -> Floor:
    """Lines of two shifts and five days that each make four of twelve products, change-overs of 15 to 60 minutes."""
    chance, made = random.Random(seed), {}
    for n in range(lines):
        windows = tuple(Interval(NOW + d * DAY_MS, NOW + d * DAY_MS + 16 * HOUR_MS) for d in range(42) if d % 7 < 5)
        own = [f"p{(n * 3 + k) % PRODUCTS}" for k in range(4)]
        setups: dict[tuple[str | None, str | None], int] = {
            (a, b): chance.choice((15, 30, 45, 60)) * MINUTE_MS for a in own for b in own if a != b
        }
        paces = {product: Pace(chance.uniform(4_000, 9_000), 0.08, 10) for product in own}
        made[f"site/area/l{n:02}"] = LineCapability(f"site/area/l{n:02}", paces, windows, setups)
    wanted = {
        f"o{n:03}": Demand(
            f"o{n:03}",
            f"p{chance.randrange(PRODUCTS)}",
            round(load * chance.randrange(8_000, 60_000)),
            NOW + round(chance.uniform(0.3, 3.2) * DAY_MS),
            chance.choice((1, 1, 1, 2, 3)),
        )
        for n in range(orders)
    }
    return Floor(made, wanted, NOW)


def main() -> None:
    """Print a line a size."""
    Planner(a_floor(4, 2), seconds=0.1).solve()  # the solver's own start is paid once a process, not once a plan
    for orders, lines, load in SIZES:
        floor = a_floor(orders, lines, load)
        began = perf_counter()
        found = Planner(floor).solve()
        solved = perf_counter()
        late = risks(floor, found.plan, {}, Costs())
        ended = perf_counter()
        gap = (found.plan.cost - found.bound) / found.plan.cost if found.plan.cost else 0.0
        better = 1 - found.plan.cost / found.greedy if found.greedy else 0.0
        print(
            f"{orders} orders on {lines} lines, load {load:.0%}: {ended - began:.1f} s "
            f"(plan {solved - began:.1f} s, what helps {len(late)} late orders {ended - solved:.1f} s); "
            f"objective {found.plan.cost:.0f} min, by due time {found.greedy:.0f} min ({better:.0%} better); "
            f"lower bound {found.bound:.0f} min, gap at most {gap:.0%}"
        )


if __name__ == "__main__":
    main()
