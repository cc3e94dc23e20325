"""The rules of a signal (DOMAIN section 8): which of them one reading breaks, and what was seen, in words."""

from dataclasses import dataclass
from typing import Literal

from app.domain.events.contract import Measured
from app.domain.plant.signals import Signal

Rule = Literal["status", "type", "range", "allowed", "max_rate", "jump", "freshness"]
"""status: the source marks the value; type: no number; jump: a counter reading that was refused; freshness: silence."""
PACES = 3
"""A signal that has a pace is fresh for three of them: one late or lost reading is no silence."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a reading breaks. detail: what was seen against what is allowed."""

    rule: Rule
    detail: str


def fresh_ms(signal: Signal) -> int | None:
    """Return how long a reading speaks, ms; None: until the next one, the signal has no pace."""
    return None if signal.every_ms is None else PACES * signal.every_ms


def breach(signal: Signal, event: Measured, before: tuple[int, float] | None) -> Breach | None:
    """Return the first rule the reading breaks, None when all hold.

    before: time (UTC ms) and value of the reading before it when that one was a number; a change is judged over the
    time between both, never over less than the signal's pace: two readings of one moment are no rate.
    """
    value = event.value
    if event.status != "good" or value is None:
        return Breach("status", "no value" if value is None else f"{value} marked {event.status} by its source")
    if signal.allowed and str(value) not in signal.allowed:
        return Breach("allowed", f"{value} is not one of {', '.join(signal.allowed)}")
    if not _is_numeric(signal):
        return None
    if isinstance(value, str | bool):
        return Breach("type", f"{value!r} is not a number")
    return _out_of_range(signal, value) or _too_fast(signal, event.t, value, before)


def _is_numeric(signal: Signal) -> bool:
    return signal.low is not None or signal.max_rate_per_s is not None


def _out_of_range(signal: Signal, value: float) -> Breach | None:
    low, high = signal.low, signal.high
    if low is None or high is None or low <= value <= high:
        return None
    return Breach("range", f"{value:g} {signal.unit} against {low:g} to {high:g}")


def _too_fast(signal: Signal, t: int, value: float, before: tuple[int, float] | None) -> Breach | None:
    if signal.max_rate_per_s is None or before is None:
        return None
    seconds = max(t - before[0], signal.every_ms or 1) / 1000
    rate = abs(value - before[1]) / seconds
    if rate <= signal.max_rate_per_s:
        return None
    return Breach("max_rate", f"{rate:g} {signal.unit}/s against {signal.max_rate_per_s:g}")
