"""Material between machines: a flow with exact levels, cut into whole units only when it is counted."""

from collections.abc import Callable
from math import inf

RESTART = 0.3


class Buffer:
    """Room for units between two machines. Levels are exact because both sides settle before anybody looks.

    put: units that came in so far; taken: units that went out (production and drains). capacity in units.
    """

    __slots__ = ("capacity", "inflow", "outflow", "put", "settle_maker", "settle_taker", "taken")

    def __init__(self, capacity: float, level: float) -> None:
        self.capacity = capacity
        self.put = level
        self.taken = 0.0
        self.inflow = 0.0
        self.outflow = 0.0
        self.settle_maker: Callable[[], None] = _nobody
        self.settle_taker: Callable[[], None] = _nobody

    def level(self) -> float:
        """Return the units inside now."""
        self.settle_maker()
        self.settle_taker()
        return self.put - self.taken

    def drain(self) -> float:
        """Empty it; returns the units taken out."""
        level = max(0.0, self.level())
        self.taken = self.put
        return level

    def ms_to_empty(self, outflow: float) -> float:
        """Return the ms until nothing is left when this much is taken per ms; inf when that never happens."""
        net = outflow - self.inflow
        return max(0.0, self.level() / net) if net > 0 else inf

    def ms_to_full(self, inflow: float) -> float:
        """Return the ms until there is no more room when this much is put in per ms; inf when that never happens."""
        net = inflow - self.outflow
        return max(0.0, (self.capacity - self.level()) / net) if net > 0 else inf

    def ms_to_enough(self) -> float:
        """Return the ms until a starved machine may go on: 0 when there is enough."""
        missing = self.capacity * RESTART - self.level()
        net = self.inflow - self.outflow
        return 0.0 if missing <= 1e-6 else (missing / net if net > 0 else inf)

    def ms_to_room(self) -> float:
        """Return the ms until a blocked machine may go on: 0 when there is room."""
        excess = self.level() - self.capacity * (1 - RESTART)
        net = self.outflow - self.inflow
        return 0.0 if excess <= 1e-6 else (excess / net if net > 0 else inf)


def _nobody() -> None:
    """Settle nothing: the side of a buffer where no machine stands."""
