"""Whether a machine stops more often than it used to: counts of stops per run time against its own past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.interval import HOUR_MS

LEAST_STOPS = 5
LEAST_HOURS = 24
UNLIKELY = 1e-3


@dataclass(frozen=True, slots=True)
class Frequent:
    """Stops of late against what was expected. chance: of as many by accident; factor: found / expected."""

    stops: int
    run_ms: int
    expected: float
    chance: float

    @property
    def factor(self) -> float:
        """How many times as often as usual."""
        return self.stops / self.expected


def frequent(past: Sequence[tuple[int, int]], stops: int, run_ms: int) -> Frequent | None:
    """Return that a machine stops more often than usual; None: it does not, or too little is known to say.

    past: (stops, run ms) of hours before, at least 24 with run time. Formula: stops are a Poisson process over run
    time whose rate itself varies from hour to hour: negative binomial with the past's rate and dispersion, P(X >= n)
    under 0.001 and n >= 5. Without dispersion that is the Poisson test.
    Source: Cameron and Trivedi, NB2, dispersion by moments: sum((n - mu)^2 - mu) / sum(mu^2), at least 0.
    """
    known = [(n, ms / HOUR_MS) for n, ms in past if ms > 0]
    hours = sum(h for _, h in known)
    total = sum(n for n, _ in known)
    if len(known) < LEAST_HOURS or stops < LEAST_STOPS or run_ms <= 0:
        return None
    rate = (total + 0.5) / hours
    spread = sum((n - rate * h) ** 2 - rate * h for n, h in known) / sum((rate * h) ** 2 for _, h in known)
    expected = rate * run_ms / HOUR_MS
    chance = _at_least(stops, expected, max(0.0, spread))
    return Frequent(stops, run_ms, expected, chance) if chance < UNLIKELY and stops > expected else None


def _at_least(n: int, mean: float, spread: float) -> float:
    from scipy.stats import nbinom, poisson

    if spread < 1e-6:
        return float(poisson.sf(n - 1, mean))
    return float(nbinom.sf(n - 1, 1 / spread, 1 / (1 + spread * mean)))


def run_at(run_by_hour: Mapping[int, int], t: int) -> float:
    """Return the run time up to `t`, ms, from run ms by UTC hour; within an hour it is spread evenly."""
    hour = t - t % HOUR_MS
    done = sum(ms for start, ms in run_by_hour.items() if start < hour)
    return done + run_by_hour.get(hour, 0) * (t - hour) / HOUR_MS
