"""When a machine breaks down, jams or waits: clocks that advance with running time, under the stress of the shift."""

from dataclasses import dataclass
from math import gamma, log
from random import Random

from simulators.traits import Traits
from simulators.vocabulary import Vocabulary

MINUTE_MS = 60_000
LEAD_MS = (25 * MINUTE_MS, 100 * MINUTE_MS)
SHORTEST_STOP_MS = 4_000
LONGEST_STOP_MS = 3 * 3_600_000


@dataclass(slots=True)
class Life:
    """A clock: `used` stress-ms of running so far, and the `limit` at which it happens."""

    limit: float
    used: float = 0.0

    def left_ms(self, stress: float) -> int:
        """Return the running ms until it happens under this stress; 0 when it is due."""
        return max(0, int((self.limit - self.used) / stress) + 1) if self.used < self.limit else 0


@dataclass(slots=True)
class Breakdown(Life):
    """The next breakdown. lead: stress-ms before it in which process values show it; 0 when they never do."""

    reason: str | None = None
    lead: float = 0.0
    onset: int | None = None

    def progress(self) -> float:
        """Return how far the visible wear has come: 0 before its onset, 1 at the breakdown."""
        return max(0.0, 1 - (self.limit - self.used) / self.lead) if self.lead else 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop about to happen. kind: breakdown, jam, wait or adjust; length in ms; says: the machine reports why."""

    kind: str
    reason: str | None
    length: int
    says: bool


class Troubles:
    """What will stop one machine, drawn ahead; deterministic for a given chance."""

    def __init__(self, traits: Traits, words: Vocabulary, chance: Random) -> None:
        self.traits, self.words, self.chance = traits, words, chance
        self.breakdown = self._breakdown()
        self.breakdown.used = self.breakdown.limit * chance.random() * 0.8
        self.breakdown.lead = min(self.breakdown.lead, self.breakdown.limit - self.breakdown.used)
        self.jam = Life(self._exponential(traits.minor_every))
        self.wait = Life(self._exponential(traits.wait_every))
        self.chronic_left = 0.0
        self.chronic = Life(0.0)
        self.chronic_reason: str | None = None

    def advance(self, t: int, ms: int, stress: float) -> None:
        """Age by `ms` of running from `t` under `stress`; notes when wear became visible."""
        plan = self.breakdown
        to_onset = plan.limit - plan.lead - plan.used
        plan.used += ms * stress
        if plan.lead and plan.onset is None and to_onset <= ms * stress:
            plan.onset = t + max(0, int(to_onset / stress))
        self.jam.used += ms * stress
        self.wait.used += ms * stress
        if self.chronic_left > 0:
            self.chronic.used += ms
            self.chronic_left -= ms

    def left_ms(self, stress: float) -> int:
        """Return the running ms until the next trouble."""
        left = min(self.breakdown.left_ms(stress), self.jam.left_ms(stress), self.wait.left_ms(stress))
        return min(left, self.chronic.left_ms(1.0)) if self.chronic_left > 0 else left

    def fall_ill(self, reason: str | None, length_ms: int) -> None:
        """Begin the chronic illness: jams every few minutes of the next `length_ms` of running."""
        self.chronic_left, self.chronic_reason = float(length_ms), reason
        self.chronic = Life(self._exponential(9 * MINUTE_MS))

    def take(self, repair_factor: float) -> Stop | None:
        """Return the stop that is due now and draw the next of its kind; None when nothing is due."""
        if self.breakdown.used >= self.breakdown.limit:
            reason, self.breakdown = self.breakdown.reason, self._breakdown()
            mean = self.traits.mttr * repair_factor
            return self._stop("breakdown", reason, self._lognormal(mean * 0.8, 0.65))
        if self.chronic_left > 0 and self.chronic.used >= self.chronic.limit:
            self.chronic = Life(self._exponential(9 * MINUTE_MS))
            return self._stop("jam", self.chronic_reason, self._lognormal(150_000, 0.5))
        if self.jam.used >= self.jam.limit:
            self.jam = Life(self._exponential(self.traits.minor_every))
            length = self._lognormal(self.traits.minor, 0.6)
            return self._stop("jam", self.words.jams.draw(self.chance), length)
        if self.wait.used >= self.wait.limit:
            self.wait = Life(self._exponential(self.traits.wait_every))
            reason = self.words.waits.draw(self.chance)
            return Stop("wait", reason, self._lognormal(self.traits.wait * repair_factor, 0.5), says=False)
        return None

    def _stop(self, kind: str, reason: str | None, length: int) -> Stop:
        return Stop(kind, reason, length, says=self.chance.random() < self.traits.says)

    def _breakdown(self) -> Breakdown:
        """Draw the next Weibull life with its reason; some are announced by process values."""
        scale = self.traits.mtbf / gamma(1 + 1 / self.traits.shape)
        life = scale * (-log(1 - self.chance.random())) ** (1 / self.traits.shape)
        life = max(life, 10.0 * MINUTE_MS)
        told = self.chance.random() < self.traits.told
        lead = min(self.chance.uniform(*LEAD_MS), life * 0.8) if told else 0.0
        return Breakdown(life, reason=self.words.breakdowns.draw(self.chance), lead=lead)

    def _exponential(self, mean: float) -> float:
        return self.chance.expovariate(1 / mean) + 30_000

    def _lognormal(self, median: float, sigma: float) -> int:
        drawn = int(median * self.chance.lognormvariate(0.0, sigma))
        return min(LONGEST_STOP_MS, max(SHORTEST_STOP_MS, drawn))
