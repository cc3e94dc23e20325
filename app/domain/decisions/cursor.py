"""How far a line is planned, and how sure that is."""

from dataclasses import dataclass
from math import sqrt

from app.domain.decisions.worktime import WorkTime
from app.domain.interval import HOUR_MS

Z80 = 1.2816
"""Standard normal quantile of 0.9: with both tails an interval that holds in eight of ten cases."""
SHIFT_MS = 8 * HOUR_MS


@dataclass(slots=True)
class Cursor:
    """How far a line is planned: working time, what was made last, set-ups so far, variance of the working time."""

    work: int = 0
    product: str | None = None
    setup_ms: int = 0
    variance: float = 0.0

    def add(self, work: int, spread: float) -> None:
        """Go on by so much work. Shifts are independent: n of them have n times the variance of one."""
        self.work += work
        self.variance += work * SHIFT_MS * spread**2

    def band(self, time: WorkTime, start: int) -> tuple[int, int | None]:
        """Return between which times this much work is done in eight of ten cases, never before `start`."""
        off = round(Z80 * sqrt(self.variance))
        low = time.ends(max(0, self.work - off))
        return max(start, low if low is not None else start), time.ends(self.work + off)
