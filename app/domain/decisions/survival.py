"""How long a component lives: a Weibull life from run times between failures, and what that says of the next hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

LEAST_FAILURES = 5
Z95 = 1.959964
SHAPES = (0.05, 50.0)
Limits = tuple[float, float, float]
"""Lower limit, estimate, upper limit."""


@dataclass(frozen=True, slots=True)
class Life:
    """A component's life. component: reason id; empty: the machine with all its failures.

    failures: with a known life, censored: lives that ended otherwise (a repair in time, or now); age_ms: run time since
    the last failure or repair. shape, scale_ms None: fewer than five failures, nothing is claimed. within_shift,
    within_day: probability of a failure in the next 8 and 24 hours as run of late, 95 % limits.
    """

    component: str
    failures: int
    censored: int
    age_ms: float
    shape: Limits | None = None
    scale_ms: Limits | None = None
    within_shift: Limits | None = None
    within_day: Limits | None = None

    @property
    def wears_out(self) -> bool:
        """Whether older ones surely fail more often: only then does a repair in time help."""
        return self.shape is not None and self.shape[0] > 1


def life(component: str, lives: Sequence[tuple[float, bool]], age_ms: float, run_ms_per_day: float) -> Life:
    """Return the life of a component. lives: (run ms, ended by a failure); age_ms: of the one in use, censored.

    Formula: maximum likelihood of Weibull with right censoring, S(t) = exp(-(t / scale)^shape); failure
    within h: 1 - S(age + h) / S(age); limits by the delta method on log cumulative hazard (shape, scale: on their own).
    Source: ISO 12489 and IEC 61649 (Weibull analysis); Meeker and Escobar 1998, chapter 8.
    """
    known = [(ms, failed) for ms, failed in lives if ms > 0]
    failures = sum(failed for _, failed in known)
    plain = Life(component, failures, len(known) - failures, age_ms)
    if failures < LEAST_FAILURES:
        return plain
    fit = _fitted(known, age_ms)
    if fit is None:
        return plain
    shift, day = (fit.within(age_ms, run_ms_per_day * share) for share in (1 / 3, 1.0))
    return Life(component, failures, plain.censored, age_ms, fit.shape_limits(), fit.scale_limits(), shift, day)


@dataclass(frozen=True, slots=True)
class _Fit:
    """scale in ms; variances and covariance of the two estimates."""

    scale: float
    shape: float
    var_scale: float
    var_shape: float
    covariance: float

    def shape_limits(self) -> Limits:
        return _around(self.shape, self.var_shape)

    def scale_limits(self) -> Limits:
        return _around(self.scale, self.var_scale)

    def within(self, age: float, ahead: float) -> Limits:
        """Return the probability of a failure in the next `ahead` ms of run time."""
        if ahead <= 0:
            return (0.0, 0.0, 0.0)
        hazard = self._hazard(self.scale, self.shape, age, ahead)
        by_scale = (log(self._hazard(self.scale * 1.001, self.shape, age, ahead)) - log(hazard)) / (self.scale * 0.001)
        by_shape = (log(self._hazard(self.scale, self.shape * 1.001, age, ahead)) - log(hazard)) / (self.shape * 0.001)
        variance = by_scale**2 * self.var_scale + by_shape**2 * self.var_shape
        variance += 2 * by_scale * by_shape * self.covariance
        wide = exp(Z95 * max(0.0, variance) ** 0.5)
        return (1 - exp(-hazard / wide), 1 - exp(-hazard), 1 - exp(-hazard * wide))

    @staticmethod
    def _hazard(scale: float, shape: float, age: float, ahead: float) -> float:
        grown: float = ((age + ahead) / scale) ** shape - (age / scale) ** shape
        return max(grown, 1e-300)


def _around(value: float, variance: float) -> Limits:
    wide = exp(Z95 * max(0.0, variance) ** 0.5 / value)
    return (value / wide, value, value * wide)


def _fitted(known: Sequence[tuple[float, bool]], age_ms: float) -> _Fit | None:
    """Maximum likelihood: the profile equation of the shape, then the scale; covariance from observed information.

    None: the lives are so alike that no shape between 0.05 and 50 fits.
    """
    # scipy takes a while to import: only the decider pays, and only when there is enough to fit.
    from scipy.optimize import brentq

    lives = [*known, (age_ms, False)] if age_ms > 0 else list(known)
    unit = max(ms for ms, _ in lives)
    times, events = [ms / unit for ms, _ in lives], sum(failed for _, failed in lives)
    mean_log = sum(log(t) for t, (_, failed) in zip(times, lives, strict=True) if failed) / events

    def profile(shape: float) -> float:
        powers = [t**shape for t in times]
        found: float = 1 / shape + mean_log - sum(p * log(t) for p, t in zip(powers, times, strict=True)) / sum(powers)
        return found

    low, high = SHAPES
    if profile(low) <= 0 or profile(high) >= 0:
        return None
    shape = float(brentq(profile, low, high))
    scale = (sum(t**shape for t in times) / events) ** (1 / shape)
    return _with_covariance(times, events, (scale, shape), unit)


def _with_covariance(times: Sequence[float], events: int, at: tuple[float, float], unit: float) -> _Fit | None:
    """Invert the observed information, minus the second derivatives of the log likelihood."""
    scale, shape = at
    z = [(t / scale) ** shape for t in times]
    u = [log(t / scale) for t in times]
    ss = (shape * (shape + 1) * sum(z) - shape * events) / scale**2
    kk = events / shape**2 + sum(a * b * b for a, b in zip(z, u, strict=True))
    sk = (events - sum(a * (1 + shape * b) for a, b in zip(z, u, strict=True))) / scale
    determinant = ss * kk - sk * sk
    if determinant <= 0:
        return None
    variances = (kk / determinant * unit**2, ss / determinant, -sk / determinant * unit)
    return _Fit(scale * unit, shape, *variances)
