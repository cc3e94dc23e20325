"""Counter readings become counts: baseline, rollover, reset, pulse; what cannot be is refused (DOMAIN section 5).

Readings are taken in stream order. A reading not newer than the last one adds nothing: what it would add is already in
the newer one. Older than the first one is another matter: what a source stored before anybody heard it (a Sparkplug
birth comes before the history) counts from its own oldest reading on. An implausible reading is refused and kept aside:
the next one shows whether it was a spike (it fits what was before) or the counter was replaced (it fits the refused
one, which then is the new baseline).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from app.domain.events.contract import Counted, Epoch, Measured

Outcome = Literal["baseline", "counted", "nothing", "late", "rollover", "reset", "implausible", "rebased"]
NEAR_MODULUS = 0.9


class CounterRule(msgspec.Struct, frozen=True):
    """How one signal counts; the plant file's `counter`. modulus: readings are below it; max_per_s: units a second."""

    kind: Literal["cumulative", "delta", "pulse"]
    of: Literal["good", "reject", "rework"] = "good"
    modulus: int | None = None
    max_per_s: float | None = None


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """The last reading of a signal: UTC ms, value in units (pulse: 0 or 1), and the source's epoch."""

    t: int
    value: int
    source: str
    epoch: Epoch


class CounterState(msgspec.Struct, frozen=True, array_like=True):
    """What a signal's conversion remembers. doubtful: the last refused reading, None when the last one was fine.

    first: the baseline; behind: the newest reading told late of the time before it. Both None once they have met.
    """

    last: Reading | None = None
    doubtful: Reading | None = None
    first: Reading | None = None
    behind: Reading | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one reading means: units to add (never negative), and how it was understood."""

    units: int
    outcome: Outcome


NOTHING_YET = CounterState()


def take_reading(rule: CounterRule, state: CounterState, reading: Reading) -> tuple[CounterState, Step]:
    """Return the new state and what the reading adds. Pure; the same readings in the same order add the same.

    >>> rule, state = CounterRule("cumulative"), NOTHING_YET
    >>> steps = []
    >>> for t, value in enumerate([100, 2100, 12]):
    ...     state, step = take_reading(rule, state, Reading(t, value, "plc", 1))
    ...     steps.append(step.units)
    >>> steps
    [0, 2000, 12]
    """
    if rule.kind == "delta":
        return _take_delta(rule, state, reading)
    last = state.last
    if last is None or (reading.source, reading.epoch) != (last.source, last.epoch):
        return CounterState(reading, first=reading), Step(0, "baseline")
    if reading.t <= last.t:
        return _take_behind(rule, state, reading)
    if rule.kind == "pulse":
        is_edge = reading.value > 0 and last.value == 0
        return _went_on(state, reading), Step(1, "counted") if is_edge else Step(0, "nothing")
    return _take_cumulative(rule, state, last, reading)


def _went_on(state: CounterState, reading: Reading) -> CounterState:
    return CounterState(reading, None, state.first, state.behind)


def _take_behind(rule: CounterRule, state: CounterState, reading: Reading) -> tuple[CounterState, Step]:
    """Take a reading that is not newer than the last one: it counts only in the time before the baseline."""
    first, behind = state.first, state.behind
    if rule.kind != "cumulative" or first is None or reading.t > first.t:
        return state, Step(0, "late")
    if behind is None:
        begins = reading.t < first.t and reading.value >= 0
        return msgspec.structs.replace(state, behind=reading) if begins else state, Step(0, "late")
    step = _difference(rule, behind, reading) if reading.t > behind.t else None
    if step is None:
        return state, Step(0, "late")
    if reading.t < first.t:
        return msgspec.structs.replace(state, behind=reading), step
    return msgspec.structs.replace(state, first=None, behind=None), step


def _take_delta(rule: CounterRule, state: CounterState, reading: Reading) -> tuple[CounterState, Step]:
    last = state.last
    if reading.value < 0 or (last is not None and reading.t > last.t and not _fits(rule, last, reading, reading.value)):
        return state, Step(0, "implausible")
    newest = reading if last is None or reading.t > last.t else last
    return CounterState(newest), Step(reading.value, "counted" if reading.value else "nothing")


def _take_cumulative(
    rule: CounterRule, state: CounterState, last: Reading, reading: Reading
) -> tuple[CounterState, Step]:
    step = _difference(rule, last, reading)
    if step is not None:
        return _went_on(state, reading), step
    doubtful = state.doubtful
    if doubtful is not None and reading.t > doubtful.t and reading.value >= doubtful.value:
        step = _difference(rule, doubtful, reading)
        if step is not None:
            return _went_on(state, reading), Step(step.units, "rebased")
    return msgspec.structs.replace(state, doubtful=reading), Step(0, "implausible")


def _difference(rule: CounterRule, last: Reading, reading: Reading) -> Step | None:
    """Return what was made between two readings, None when no plausible explanation is left."""
    if reading.value < 0 or (rule.modulus is not None and reading.value >= rule.modulus):
        return None
    units = reading.value - last.value
    if units >= 0:
        outcome: Outcome = "counted" if units else "nothing"
        return Step(units, outcome) if _fits(rule, last, reading, units) else None
    if rule.modulus is not None and last.value >= NEAR_MODULUS * rule.modulus:
        around = units + rule.modulus
        if 0 <= around <= (1 - NEAR_MODULUS) * rule.modulus * 2 and _fits(rule, last, reading, around):
            return Step(around, "rollover")
    return Step(reading.value, "reset") if _fits(rule, last, reading, reading.value) else None


def _fits(rule: CounterRule, last: Reading, reading: Reading, units: int) -> bool:
    """Whether so many units may have been made since; readings less than a second apart are given one second."""
    return rule.max_per_s is None or units * 1000 <= rule.max_per_s * max(reading.t - last.t, 1000)


class Totals:
    """Counter states of one line's signals, by (machine path, signal). Mutable; `dump` and `load` carry it over."""

    def __init__(self, rules: Mapping[tuple[str, str], CounterRule], saved: bytes | None = None) -> None:
        self._rules = rules
        self._states: dict[tuple[str, str], CounterState] = {}
        if saved is not None:
            held = msgspec.msgpack.decode(saved, type=list[tuple[str, str, CounterState]])
            self._states = {(machine, signal): state for machine, signal, state in held}

    def dump(self) -> bytes:
        """Return the states as bytes."""
        return msgspec.msgpack.encode([(machine, signal, state) for (machine, signal), state in self._states.items()])

    def convert(self, event: Measured) -> tuple[Measured | Counted, Step | None]:
        """Return the count a reading stands for (same identity), or the event itself when it adds nothing.

        A step is returned for counter signals with a good or uncertain number; bad and missing values count nothing.
        """
        rule = self._rules.get((event.machine, event.signal))
        if rule is None or event.status == "bad" or isinstance(event.value, str) or event.value is None:
            return event, None
        reading = Reading(event.t, _units(rule, event.value), event.source, event.epoch)
        key = (event.machine, event.signal)
        self._states[key], step = take_reading(rule, self._states.get(key, NOTHING_YET), reading)
        return (_COUNT[rule.of](event, step.units) if step.units else event), step


def _units(rule: CounterRule, value: float) -> int:
    """Return the reading in whole units; a part of a unit is not made yet. Not finite: -1, which is implausible."""
    if rule.kind == "pulse":
        return int(value > 0)
    return int(value // 1) if abs(value) < 1 << 62 else -1


def _counted(event: Measured, good: int = 0, reject: int = 0, rework: int = 0) -> Counted:
    return Counted(
        machine=event.machine,
        t=event.t,
        source=event.source,
        epoch=event.epoch,
        seq=event.seq,
        good=good,
        reject=reject,
        rework=rework,
    )


_COUNT: Mapping[str, Callable[[Measured, int], Counted]] = {
    "good": lambda event, units: _counted(event, good=units),
    "reject": lambda event, units: _counted(event, reject=units),
    "rework": lambda event, units: _counted(event, rework=units),
}
