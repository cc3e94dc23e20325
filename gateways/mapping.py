"""Samples -> events, by the plant file's `mapping`: which machine and signal an address is. Pure.

    mapping:
      filler:                                   # a machine of the source
        state: "Filler/StateCurrent"            # raw value; the machine's `states` say what it means
        reason: "Filler/StopReason"             # goes with the state
        order: "Filler/Order"                   # a new one starts it, an empty one ends it
        product: "Filler/Product"
        signals: {valve_temp: "Filler/ValveTemp", total: {at: "Filler/Count", scale: 0.1, offset: 0}}

Counting is the engine's: a counter's reading is a `value` of a signal that has a `counter`.
"""

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.domain.events.contract import Event, Heartbeat, Measured, OrderChanged, StateChanged
from app.domain.plant.equipment import Plant, Source, WorkUnit
from gateways.base import BadSource, Sample, Scalar

WORDS = ("state", "reason", "order", "product")
KEYS = (*WORDS, "signals")
ON_THE_WAY_MS = 2_000
Told = tuple[str, Event]
"""A line's path and an event whose identity is still to be given."""


class Target(NamedTuple):
    """What an address is: a machine's word (`state`, ...) or signal; a number is scaled, then shifted."""

    machine: str
    line: str
    what: str
    is_signal: bool
    scale: float = 1.0
    offset: float = 0.0


def targets_of(plant: Plant, source: Source) -> dict[str, list[Target]]:
    """Return what each address of the source is. Raises BadSource with every mistake, a line each."""
    wrong: list[str] = []
    found: dict[str, list[Target]] = {}
    units = {unit.path: unit for line in plant.lines() for unit in line.machines if unit.path in source.machines}
    mapping = source.options.get("mapping")
    if not isinstance(mapping, Mapping) or not mapping:
        raise BadSource(f"sources.{source.id}.mapping: say for each machine which address is what")
    for name, wishes in mapping.items():
        where = f"sources.{source.id}.mapping.{name}"
        machines = [path for path in units if path == name or path.endswith(f"/{name}")]
        if len(machines) != 1:
            wrong.append(f"{where}: no machine of this source{_close(str(name), [unit.id for unit in units.values()])}")
        elif not isinstance(wishes, Mapping):
            wrong.append(f"{where}: must be keys with addresses, such as `state: ...`")
        else:
            for address, target in _targets(units[machines[0]], wishes, where, wrong):
                found.setdefault(address, []).append(target)
    if wrong:
        raise BadSource("\n".join(wrong))
    return found


def _targets(
    unit: WorkUnit, wishes: Mapping[str, object], where: str, wrong: list[str]
) -> Iterator[tuple[str, Target]]:
    for key, wish in wishes.items():
        if key in WORDS:
            yield from _target(unit, key, wish, f"{where}.{key}", wrong)
        elif key != "signals" or not isinstance(wish, Mapping):
            wrong.append(f"{where}.{key}: unknown key{_close(str(key), KEYS)}")
        else:
            for signal, at in wish.items():
                if signal not in unit.signals:
                    known = f"{where}.signals.{signal}: the machine has no such signal{_close(signal, unit.signals)}"
                    wrong.append(known)
                yield from _target(unit, signal, at, f"{where}.signals.{signal}", wrong, is_signal=True)


def _target(
    unit: WorkUnit, what: str, wish: object, where: str, wrong: list[str], *, is_signal: bool = False
) -> Iterator[tuple[str, Target]]:
    described = {"at": wish} if isinstance(wish, str) else wish
    if not isinstance(described, Mapping) or not isinstance(described.get("at"), str):
        wrong.append(f"{where}: must be an address, or `at` with `scale` and `offset`")
        return
    numbers = [described.get(key, usual) for key, usual in (("scale", 1.0), ("offset", 0.0))]
    if set(described) - {"at", "scale", "offset"} or not all(isinstance(n, int | float) for n in numbers):
        wrong.append(f"{where}: beside `at` only the numbers `scale` and `offset` may stand")
        return
    scale, offset = (float(n) for n in numbers if isinstance(n, int | float))
    yield str(described["at"]), Target(unit.path, unit.line, what, is_signal, scale, offset)


def _close(name: str, known: object) -> str:
    found = difflib.get_close_matches(name, list(known), 1)  # type: ignore[call-overload]
    return f"; did you mean `{found[0]}`?" if found else ""


class Mapper:
    """Turns one source's samples into events; remembers the last reason, product and order of each machine.

    What was stored is told after what holds now, so its last reason is none of the next stop's: kept apart.
    holds: the source tells changes only; while it lives, a signal with a pace is told again at that pace, or a value
    that rightly stays the same would look like a silent one.
    """

    def __init__(self, plant: Plant, source: Source, *, holds: bool = False) -> None:
        self._source = source.id
        self._targets = targets_of(plant, source)
        self._lines = {unit.path: line.path for line in plant.lines() for unit in line.machines}
        self._units = {unit.path: unit for line in plant.lines() for unit in line.machines}
        self._held: dict[tuple[str, str, bool], str] = {}
        self._gone: set[str] = set()
        self._paces = self._paced() if holds else {}
        self._last: dict[tuple[str, str], Told] = {}
        self._lag = 0
        self.unknown: dict[str, Scalar] = {}

    @property
    def addresses(self) -> list[str]:
        """The addresses of the mapping."""
        return list(self._targets)

    def events(self, samples: Sequence[Sample], now: int) -> list[Told]:
        """Return the events of samples in order, identity left open; none of them: a sign of life of each machine.

        An event's `seq` says how many numbers are left out before it: 1 behind what was lost, else 0.
        now: UTC ms of arrival. unknown: addresses that came and are not mapped, with their last value.
        """
        if not samples:
            beats = [self._beat(machine, now) for machine in self._machines() if machine not in self._gone]
            return [*beats, *self._again(now)]
        found: list[Told] = []
        for sample in samples:
            if sample.lost:
                found += self._lost(now if sample.t is None else sample.t)
                continue
            if sample.t is not None and not sample.stored and not sample.snapshot:
                self._lag = max(0, now - sample.t)
            meant = self._targets.get(sample.address)
            if meant is None:
                self.unknown[sample.address] = sample.value
                continue
            for target in meant:
                told = list(self._told(target, sample, now if sample.t is None else sample.t))
                found += told
                if (target.machine, target.what) in self._paces and not sample.stored:
                    self._keep(told)
        return [*found, *self._again(now)]

    def _paced(self) -> dict[tuple[str, str], int]:
        """Return how often, ms, each signal is to be told; an increment is told once only."""
        return {
            (unit.path, signal.id): signal.every_ms
            for unit in self._units.values()
            for signal in unit.signals.values()
            if signal.every_ms is not None and (signal.counter is None or signal.counter.kind != "delta")
        }

    def _keep(self, told: Sequence[Told]) -> None:
        for line, event in told:
            if isinstance(event, Measured):
                self._last[event.machine, event.signal] = (line, event)

    def _again(self, now: int) -> list[Told]:
        """Return signals whose last reading holds and is older than their pace, as read a moment ago.

        The moment is as long as the source's changes take to come, and a little: a change on its way is not overtaken.
        """
        found: list[Told] = []
        for key, (line, event) in self._last.items():
            is_known = isinstance(event, Measured) and event.status != "bad" and event.machine not in self._gone
            t = now - self._lag - min(ON_THE_WAY_MS, self._paces[key] // 2)
            if is_known and t - event.t >= self._paces[key]:
                found.append((line, msgspec.structs.replace(event, t=t)))
        self._keep(found)
        return found

    def _machines(self) -> list[str]:
        return list(dict.fromkeys(t.machine for targets in self._targets.values() for t in targets))

    def _lost(self, t: int) -> list[Told]:
        """Return signs of life from `t` on, the first of each line behind a number that nobody will ever send."""
        beats: dict[str, list[Told]] = {}
        for machine in self._machines():
            line, beat = self._beat(machine, t)
            of_line = beats.setdefault(line, [])
            of_line.append((line, beat if of_line else msgspec.structs.replace(beat, seq=1)))
        return [told for of_line in beats.values() for told in of_line]

    def _beat(self, machine: str, now: int) -> Told:
        return self._lines[machine], Heartbeat(machine=machine, t=now, source=self._source, epoch=0, seq=0)

    def _told(self, target: Target, sample: Sample, t: int) -> Iterator[Told]:
        if sample.gone:
            self._gone.add(target.machine)
            return
        self._gone.discard(target.machine)
        common = {"machine": target.machine, "t": t, "source": self._source, "epoch": 0, "seq": 0}
        if target.is_signal:
            counter = getattr(self._units[target.machine].signals.get(target.what), "counter", None)
            if not (sample.snapshot and counter is not None and counter.kind == "delta"):
                value = _scaled(sample.value, target)
                yield target.line, Measured(signal=target.what, value=value, status=sample.status, **common)  # type: ignore[arg-type]
            return
        key = (target.machine, target.what, sample.stored)
        if sample.snapshot:
            self._held.pop((target.machine, target.what, True), None)
        if sample.value is None and target.what in ("reason", "product"):
            self._held[key] = ""
        if sample.status == "bad" or sample.value is None:
            return
        word, before = _text(sample.value), self._held.get(key)
        self._held[key] = word
        if target.what == "state":
            reason = self._held.get((target.machine, "reason", sample.stored)) or None
            yield target.line, StateChanged(state=word, reason=reason, **common)  # type: ignore[arg-type]
        elif target.what == "order" and word != before:
            product = self._held.get((target.machine, "product", sample.stored)) or None
            yield from self._order(target, (before, word), product, t)

    def _order(self, target: Target, change: tuple[str | None, str], product: str | None, t: int) -> Iterator[Told]:
        before, order = change
        common = {"machine": target.line, "t": t, "source": self._source, "epoch": 0, "seq": 0}
        if order:
            yield target.line, OrderChanged(action="start", order=order, product=product, **common)  # type: ignore[arg-type]
        elif before:
            yield target.line, OrderChanged(action="end", order=before, **common)  # type: ignore[arg-type]


def _scaled(value: Scalar, target: Target) -> Scalar:
    if isinstance(value, bool) or not isinstance(value, int | float) or (target.scale, target.offset) == (1.0, 0.0):
        return value
    found = value * target.scale + target.offset
    return round(found) if isinstance(value, int) and math.isclose(found, round(found), abs_tol=1e-9) else found


def _text(value: Scalar) -> str:
    """Return a raw value as `states` in a plant file name it: 4, 4.0 and "4" are `4`, true is `1`."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def numbered(event: Event, epoch: int, seq: int) -> Event:
    """Return the event with its identity."""
    return msgspec.structs.replace(event, epoch=epoch, seq=seq)
