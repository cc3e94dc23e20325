"""The schedule: orders as bars on lines in time, what is predicted late and what helps; and the demand behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decisions.demand import Kind, State, Wrong
from app.domain.decisions.remedies import Costs, Remedy
from app.domain.interval import DAY_MS, HOUR_MS, Interval

MACHINE = "lineside"
"""Who asks for plans that nobody asked for."""
SHORTEST_VIEW_MS, LONGEST_VIEW_MS = 12 * HOUR_MS, 8 * DAY_MS


@dataclass(frozen=True, slots=True)
class NextOrder:
    """What the accepted plan has next for a line. name: the product's; quantity: still to be made; due: UTC ms.

    wait_ms: until the line is set up for it, as predicted now; None: not known (nobody said how much the running order
    is, or the prediction is old).
    """

    order: str
    product: str
    name: str
    quantity: int
    due: int
    wait_ms: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """An order on a line, UTC ms. low, high: between which it ends in 8 of 10 cases (high None: after all we know)."""

    order: str
    product: str
    setup_start: int
    start: int
    end: int
    low: int
    high: int | None
    due: int | None
    running: bool

    @property
    def is_late(self) -> bool:
        """Whether it is predicted to end after it is due."""
        return self.due is not None and self.end > self.due

    @property
    def may_be_late(self) -> bool:
        """Whether its interval reaches behind its due time, though its middle does not."""
        return self.due is not None and not self.is_late and (self.high is None or self.high > self.due)


@dataclass(frozen=True, slots=True)
class LineBars:
    """A line. closed: when it does not work; bars: by time."""

    path: str
    name: str
    closed: tuple[Interval, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order that is wanted. line, end, low, high: where it is planned, None: nowhere, and `why` is a text key."""

    order: str
    product: str
    quantity: int
    due: int
    priority: int
    kind: Kind
    state: State
    source: str
    line: str | None = None
    end: int | None = None
    low: int | None = None
    high: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class RiskRow:
    """An order at risk and what helps, cheapest first; is_looked_at: whether help was looked for at all."""

    order: str
    product: str
    line: str
    due: int
    late_ms: int
    remedies: tuple[Remedy, ...]
    is_looked_at: bool = True


@dataclass(frozen=True, slots=True)
class PlanHead:
    """Which plan is shown. state: asked, solving, done, failed; accepted_by None: a proposal.

    cost, greedy, bound: minutes of the objective when it was made: the plan's, the simple rule's, what no plan goes
    below (None: not known); stale: what is wanted has changed since; planned: orders in it, assumed: those of them
    that have no measured pace yet.
    """

    id: int
    state: str
    progress: float
    asked_by: str
    asked_at: int
    accepted_at: int | None
    accepted_by: str | None
    at: int | None = None
    cost: float | None = None
    greedy: float | None = None
    bound: float | None = None
    seconds: float | None = None
    method: str | None = None
    stale: bool = False
    planned: int = 0
    assumed: int = 0

    @property
    def saved(self) -> float | None:
        """By how many minutes it was better than the simple rule."""
        return None if self.greedy is None or self.cost is None else max(0.0, self.greedy - self.cost)

    @property
    def gap(self) -> float | None:
        """How far it was from the best there is, at most: (cost - bound) / cost; None: nothing is proven."""
        if self.bound is None or self.cost is None or self.bound <= 0 < self.cost:
            return None
        return 0.0 if self.cost <= self.bound else 1 - self.bound / self.cost


@dataclass(frozen=True, slots=True)
class ScheduleBoard:
    """The page. head: the plan shown, None: none yet; saw: number of the plan the site works by, None: none.

    working: another plan is being made; names: line path -> name; wrong: rows refused at the last upload.
    proposal: number of a newer plan than the one the site works by, None: there is none; may_extra: lines for which
    this person may say an extra shift.
    """

    site: str
    sites: Mapping[str, str]
    zone: str
    now: int
    head: PlanHead | None
    working: PlanHead | None
    saw: int | None
    lines: tuple[LineBars, ...]
    risks: tuple[RiskRow, ...]
    orders: tuple[OrderRow, ...]
    names: Mapping[str, str]
    costs: Costs
    may_plan: bool
    may_add: bool
    wrong: tuple[Wrong, ...] = ()
    proposal: int | None = None
    may_extra: frozenset[str] = frozenset()

    def may_help(self, way: Remedy) -> bool:
        """Whether what helps may be done: only to a finished plan that the site works by, or while it works by none."""
        is_own = self.head is not None and self.head.state == "done" and self.saw in (None, self.head.id)
        return self.may_plan and is_own and (way.kind != "extra_shift" or way.line in self.may_extra)

    @property
    def view(self) -> Interval:
        """The time that bars are drawn over: from now until the last one ends, within bounds."""
        ends = [bar.high or bar.end for line in self.lines for bar in line.bars]
        longest = max([*ends, self.now + SHORTEST_VIEW_MS])
        return Interval(self.now, min(longest, self.now + LONGEST_VIEW_MS))


def place(view: Interval, part: Interval) -> tuple[float, float] | None:
    """Return where a stretch lies in the view, (left, width) as fractions; None: outside.

    >>> place(Interval(0, 100), Interval(50, 200))
    (0.5, 0.5)
    """
    inside = part.clip(view)
    if not inside.length:
        return None
    return (inside.start - view.start) / view.length, inside.length / view.length
