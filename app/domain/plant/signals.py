"""The signal catalogue: what is measured, in which unit, by what rules it is trusted, and who answers for it."""

from dataclasses import dataclass
from typing import Literal

CounterKind = Literal["cumulative", "delta", "pulse"]
CounterOf = Literal["good", "reject", "rework"]


@dataclass(frozen=True, slots=True)
class Counter:
    """How a signal counts (DOMAIN section 5): kind, what it counts, modulus of a rollover, largest plausible rate."""

    kind: CounterKind
    of: CounterOf = "good"
    modulus: int | None = None
    max_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One process value. low/high: plausible range; max_rate_per_s: largest plausible change.

    every_ms: its pace: it speaks at least that often; None: it is told on change only. allowed: the values it may
    have, as text; empty: any.
    """

    id: str
    meaning: str = ""
    unit: str = ""
    owner: str | None = None
    low: float | None = None
    high: float | None = None
    max_rate_per_s: float | None = None
    every_ms: int | None = None
    counter: Counter | None = None
    allowed: tuple[str, ...] = ()
