"""Process values: warm up, scatter, and climb before a breakdown or a drift that they announce."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from random import Random

from app.domain.plant.signals import Signal

WARMTH_MS = {"temp": 15 * 60_000.0, "degC": 15 * 60_000.0}
QUICK_MS = 8_000.0
IDLE, WORKING, NOISE, RISE = 0.12, 0.42, 0.012, 0.46


@dataclass(slots=True)
class _Gauge:
    signal: Signal
    low: float
    span: float
    settle_ms: float
    level: float = WORKING
    read_at: int = 0


class Gauges:
    """The process values of one machine; counters are not among them. Deterministic for a given chance."""

    def __init__(self, signals: Mapping[str, Signal], chance: Random) -> None:
        self._chance = chance
        self._gauges = [_gauge(s) for s in signals.values() if s.counter is None]
        ids = [g.signal.id for g in self._gauges]
        self.wear_signal = chance.choice(ids) if ids else None
        others = [i for i in ids if i != self.wear_signal]
        self.drift_signal = chance.choice(others) if others else self.wear_signal

    def read(self, t: int, *, running: bool, wear: float, drift: float) -> list[tuple[str, float]]:
        """Return (signal, value) of every gauge at `t`, in its unit; wear and drift from 0 (none) to 1 (there)."""
        return [self._one(g, t, running, wear, drift) for g in self._gauges]

    def _one(self, gauge: _Gauge, t: int, running: bool, wear: float, drift: float) -> tuple[str, float]:
        elapsed = max(0, t - gauge.read_at)
        gauge.read_at = t
        aim = WORKING if running else IDLE
        gauge.level += (aim - gauge.level) * (1 - exp(-elapsed / gauge.settle_ms))
        rise = 0.0
        if gauge.signal.id == self.wear_signal:
            rise += RISE * wear * wear
        if gauge.signal.id == self.drift_signal:
            rise += RISE * 0.6 * drift
        share = gauge.level * (1 + self._chance.gauss(0.0, NOISE)) + (rise if running else 0.0)
        return gauge.signal.id, round(gauge.low + gauge.span * min(0.98, max(0.005, share)), 2)


def _gauge(signal: Signal) -> _Gauge:
    low = signal.low if signal.low is not None else 0.0
    high = signal.high if signal.high is not None else low + 100.0
    slow = next((ms for word, ms in WARMTH_MS.items() if word in signal.id or word == signal.unit), QUICK_MS)
    return _Gauge(signal, low, high - low, slow)
