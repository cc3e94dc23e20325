"""How many units a machine spoils: a steady share, more after a start, and now and then in a drift."""

from math import exp
from random import Random

from simulators.traits import Traits

MINUTE_MS = 60_000
WARM_UP_MS = 8 * MINUTE_MS
SHOWN_FIRST_MS = 15 * MINUTE_MS
CLIMB_MS = 40 * MINUTE_MS
WORST = 0.07
BAD = 0.03


class Quality:
    """The reject share of one machine over its running time. Deterministic for a given chance."""

    def __init__(self, traits: Traits, chance: Random) -> None:
        self._traits, self._chance = traits, chance
        self._since_start = float(WARM_UP_MS * 9)
        self._age = -self._quiet()
        self._length = self._drift_length()
        self._noise = 1.0
        self.onset: int | None = None
        self.bad_at: int | None = None

    def advance(self, t: int, ms: int) -> None:
        """Age by `ms` of running from `t`; notes when a drift began and when it passed 3 %."""
        before, self._age = self._age, self._age + ms
        self._since_start += ms
        if before < 0 <= self._age:
            self.onset = t + int(-before)
        bad_age = SHOWN_FIRST_MS + CLIMB_MS * BAD / WORST
        if before < bad_age <= self._age:
            self.bad_at = t + int(bad_age - before)

    def cold_start(self) -> None:
        """Begin a warm-up: the first minutes spoil more."""
        self._since_start = 0.0

    def refresh(self) -> None:
        """Draw the noise of the next minutes."""
        self._noise = self._chance.lognormvariate(0.0, 0.45)

    def share(self) -> float:
        """Return the share of units spoiled now."""
        if not self._traits.reject:
            return 0.0
        start = self._traits.startup_reject * exp(-self._since_start / (WARM_UP_MS / 3))
        drift = WORST * min(1.0, max(0.0, (self._age - SHOWN_FIRST_MS) / CLIMB_MS))
        return min(0.5, self._traits.reject * self._noise + start + drift)

    def shown(self) -> float:
        """Return how far a drift shows in the process value, 0 to 1."""
        return min(1.0, max(0.0, self._age / CLIMB_MS))

    def is_unsteady(self) -> bool:
        """True in a warm-up or a drift: the share changes within minutes."""
        return self._since_start < WARM_UP_MS or self._age > 0

    def left_ms(self) -> int:
        """Return the running ms until a drift is noticed and needs adjusting."""
        return max(0, int(self._length - self._age) + 1) if self._traits.reject else 1 << 60

    def is_noticed(self) -> bool:
        """True when the drift has lasted so long that somebody adjusts the machine."""
        return bool(self._traits.reject) and self._age >= self._length

    def adjust(self) -> None:
        """End the drift; the next one is drawn."""
        self._age, self._length = -self._quiet(), self._drift_length()
        self.onset = self.bad_at = None

    def _quiet(self) -> float:
        return self._chance.expovariate(1 / self._traits.drift_every) + 2 * CLIMB_MS

    def _drift_length(self) -> float:
        return self._chance.uniform(45, 85) * MINUTE_MS
