"""Better sequences than the simple rule, by constraint programming (OR-Tools CP-SAT), within a time limit.

The model: which line makes an order, and a circuit through each line's orders whose arcs carry the set-ups
(docs/decisions/0014-scheduling.md). Time is working time of the line, in minutes; every answer is timed exactly by
`Floor` and taken only when its exact cost is lower. A plant too large for one model is bettered a few lines and some
dozen orders at a time (large neighbourhood search; Shaw 1998).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from app.decider.bounds import lower_bound
from app.decider.circuits import Freed, SequenceModel
from app.domain.decisions.schedule import Floor, Plan
from app.domain.decisions.simple import earliest_due_first

if TYPE_CHECKING:
    from app.decider.circuits import Answer

SECONDS, WORKERS, SEED = 2.5, 2, 7
MOST_ARCS = 6_000
LINES_AT_ONCE, ORDERS_AT_ONCE, SLICE_S = 2, 8, 0.35
DESCENT, WHOLE_SHARE = 0.4, 0.5
"""Share of the time in which orders are moved one by one first; of what is left, for the whole plant as one model."""
LEAST_S = 0.05
BOUND_SHARE = 0.4
"""Of the time, on top of it: for the bound of the plan that was found."""
WHOLE, PARTS, SIMPLE, NOTHING = (f"schedule.method.{name}" for name in ("whole", "parts", "simple", "nothing"))
Say = Callable[[float, Plan], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The best plan. greedy: cost of the simple rule; bound: no plan costs less; method: text key."""

    plan: Plan
    greedy: float
    bound: float
    seconds: float
    method: str


@dataclass(slots=True)
class Planner:
    """Looks for sequences. say: told (0 to 1, the best so far) on the way."""

    floor: Floor
    seconds: float = SECONDS
    say: Say = field(default=lambda progress, plan: None)
    _began: float = 0.0
    _best: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _cost: dict[str, float] = field(default_factory=dict)

    def solve(self) -> Found:
        """Return the best plan found in time, never a worse one than the simple rule's."""
        self._began = monotonic()
        self._best = earliest_due_first(self.floor)
        self._cost = {line: self.floor.cost(line, orders) for line, orders in self._best.items()}
        greedy = sum(self._cost.values())
        self.say(0.0, self.floor.plan(self._best))
        running = sum(self.floor.cost(line, ()) for line in self.floor.lines)  # they end when they end
        bound, method = running, SIMPLE if any(self._best.values()) else NOTHING
        if method == SIMPLE and greedy > bound:
            searched, method = self._search()
            best = self.floor.plan(self._best)
            bound = max(running + searched, lower_bound(self.floor, best, self.seconds * BOUND_SHARE))
        found = self.floor.plan(self._best)
        return Found(found, greedy, min(bound, sum(self._cost.values())), monotonic() - self._began, method)

    def _search(self) -> tuple[float, str]:
        chance = random.Random(SEED)  # noqa: S311 (no secret)
        bound, method, bettered = 0.0, PARTS, self._descend(chance)
        model = SequenceModel(self.floor, dict(self._best), _all_of(self._best))
        if model.arcs <= MOST_ARCS:
            answer = model.solve(self._left() * WHOLE_SHARE, SEED, WORKERS, self._take)
            bound, method = answer.bound, WHOLE if answer.sequences is not None else PARTS
            bettered |= self._taken(answer)
        while self._left() > LEAST_S and sum(self._cost.values()) > max(bound, 1e-6):
            freed = neighbourhood(self.floor, self._best, chance)
            part = SequenceModel(self.floor, dict(self._best), freed)
            bettered |= self._taken(part.solve(min(SLICE_S, self._left()), SEED, WORKERS, None))
            self.say(self._progress(), self.floor.plan(self._best))
        return bound, method if bettered or method == WHOLE else SIMPLE

    def _descend(self, chance: random.Random) -> bool:
        """Move orders, one at a time, to where they cost least."""
        orders, bettered = list(self.floor.demands), False
        while self._progress() < DESCENT and sum(self._cost.values()) > 0:
            chance.shuffle(orders)
            moves = [order for order in orders if self._progress() < DESCENT and self._moved(order)]
            bettered |= bool(moves)
            if not moves:
                break
        return bettered

    def _moved(self, order: str) -> bool:
        home = next((line for line, own in self._best.items() if order in own), None)
        if home is None:
            return False
        without = tuple(o for o in self._best[home] if o != order)
        left, able = self.floor.cost(home, without), self.floor.able(order)
        best, gain = None, 1e-9
        for line in able:
            own = without if line == home else self._best[line]
            saved = self._cost[home] - (0 if line == home else left) + (0 if line == home else self._cost[line])
            for at in range(len(own) + 1):
                tried = (*own[:at], order, *own[at:])
                better = saved - self.floor.cost(line, tried)
                if better > gain:
                    best, gain = (line, tried), better
        if best is None:
            return False
        changed = {home: without, best[0]: best[1]}
        return self._take(changed, quiet=True)

    def _taken(self, answer: "Answer") -> bool:
        return answer.sequences is not None and self._take(answer.sequences)

    def _take(self, changed: Mapping[str, tuple[str, ...]], *, quiet: bool = False) -> bool:
        """Take the sequences of some lines when their exact cost is lower."""
        costs = {line: self.floor.cost(line, orders) for line, orders in changed.items()}
        if sum(costs.values()) >= sum(self._cost[line] for line in costs) - 1e-9:
            return False
        self._best |= changed
        self._cost |= costs
        if not quiet:
            self.say(self._progress(), self.floor.plan(self._best))
        return True

    def _left(self) -> float:
        return max(LEAST_S, self.seconds - (monotonic() - self._began))

    def _progress(self) -> float:
        return min(1.0, (monotonic() - self._began) / self.seconds)


def neighbourhood(floor: Floor, sequences: Mapping[str, tuple[str, ...]], chance: random.Random) -> list[Freed]:
    """Return a few lines with some of their orders: around an order, mostly a late one, and where else it could be."""
    busy = {line: orders for line, orders in sequences.items() if orders}
    late = [order for line, orders in busy.items() for order in _late(floor, line, orders)]
    every = [order for orders in busy.values() for order in orders]
    chosen = chance.choice(late if late and chance.random() < 0.8 else every)
    home = next(line for line, orders in busy.items() if chosen in orders)
    others = [line for line in floor.able(chosen) if line != home]
    chance.shuffle(others)
    share = busy[home].index(chosen) / len(busy[home])
    freed = []
    for line in [home, *others[: LINES_AT_ONCE - 1]]:
        orders = sequences.get(line, ())
        middle = busy[home].index(chosen) if line == home else int(share * len(orders))
        first = max(0, middle - chance.randint(ORDERS_AT_ONCE // 2, ORDERS_AT_ONCE))
        freed.append(Freed(line, first, min(len(orders), first + ORDERS_AT_ONCE)))
    return freed


def _late(floor: Floor, line: str, orders: Sequence[str]) -> list[str]:
    run = floor.run(line, orders)
    late = [a.order for a in run.assignments if not a.running and a.end > floor.demands[a.order].due]
    return [*late, *(lost.order for lost in run.unplanned)]


def _all_of(sequences: Mapping[str, tuple[str, ...]]) -> list[Freed]:
    return [Freed(line, 0, len(orders)) for line, orders in sequences.items()]
