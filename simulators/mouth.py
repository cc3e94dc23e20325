"""What the simulated machines and people of a line say: facts in, numbered events out."""

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from app.domain.events.contract import (
    AndonAction,
    AndonCall,
    AndonChanged,
    CountCorrected,
    Counted,
    Event,
    Heartbeat,
    Measured,
    OrderAction,
    OrderChanged,
    StateChanged,
    StopClassified,
)
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.plant.signals import Signal
from simulators.orders import Order

_WORDS = {"execute": "run", "running": "run", "stopped": "stop", "aborted": "stop", "held": "stop"}


class _Identity(TypedDict):
    source: str
    epoch: int
    seq: int


class _About(_Identity):
    machine: str
    t: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What the quality people found about units made at `made_at`, UTC ms; increments, may be negative."""

    made_at: int
    good: int
    reject: int
    rework: int
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Classified:
    """A person says why a machine stood: [start, end), end None while it still stands."""

    start: int
    end: int | None
    reason: str
    by: str
    note: str | None = None


class Mouth:
    """Numbers and collects a line's events in the order in which they are said.

    epoch: start of the simulation, UTC ms, so that the same start gives the same identities. Every source counts its
    own `seq` on this line, from 1. suffix: appended to every source's name (`-history`). counters: machines whose
    plant file declares counters say their running totals instead of increments.
    """

    def __init__(self, plant: Plant, line: WorkCenter, epoch: int, *, suffix: str = "", counters: bool = False) -> None:
        self.out: list[Event] = []
        self._epoch = epoch
        self._line = line
        self._seq: Tally[str] = Tally()
        self._people = f"panel-{line.id}{suffix}"
        gateways = {m: s.id for s in plant.sources for m in s.machines}
        self._source = {m.path: gateways.get(m.path, f"sim-{line.id}") + suffix for m in line.machines}
        self._raw = {m.path: _raw_words(m) for m in line.machines}
        self._totals: dict[tuple[str, str], int] = {}
        self._spoken: dict[str, tuple[Signal, ...]] = {
            m.path: tuple(s for s in m.signals.values() if counters and s.counter is not None) for m in line.machines
        }

    def take(self) -> list[Event]:
        """Return what was said since the last call, in order."""
        said, self.out = self.out, []
        return said

    def state(self, t: int, machine: str, word: str, reason: str | None) -> None:
        """The machine says its state: as the raw value of its controller where the plant file maps one."""
        raw = self._raw[machine]
        exact = raw.get((word, reason))
        state = exact if exact is not None else raw.get((word, None), word)
        reason = None if exact is not None else reason
        self.out.append(StateChanged(**self._machine(machine, t), state=state, reason=reason))

    def count(self, t: int, machine: str, good: int, reject: int, reason: str | None) -> None:
        """The machine says what it made since the last count; through its counters where it has any."""
        made = {"good": good, "reject": reject}
        for signal in self._spoken[machine]:
            kind = signal.counter
            if kind is not None and kind.of in made:
                units = made.pop(kind.of)
                self.out.extend([self._counter(t, machine, signal, units)] if units else [])
        good, reject = made.get("good", 0), made.get("reject", 0)
        if good or reject:
            why = reason if reject else None
            self.out.append(Counted(**self._machine(machine, t), good=good, reject=reject, reason=why))

    def begin(self, t: int) -> None:
        """Say the first reading of every cumulative counter: its baseline."""
        for machine, signals in self._spoken.items():
            for signal in signals:
                if signal.counter is not None and signal.counter.kind == "cumulative":
                    self.out.append(self._counter(t, machine, signal, 0))

    def value(self, t: int, machine: str, signal: str, value: float) -> None:
        """The machine says a process value."""
        self.out.append(Measured(**self._machine(machine, t), signal=signal, value=value))

    def alive(self, t: int) -> None:
        """Every source of the line says that it is alive: about the line if it speaks for all of it."""
        for source in sorted(set(self._source.values())):
            machines = [m for m, s in self._source.items() if s == source]
            about = [self._line.path] if len(machines) == len(self._source) else machines
            for name in about:
                self.out.append(Heartbeat(machine=name, t=t, **self._identity(source)))

    def order(self, t: int, about: str, action: OrderAction, order: Order) -> None:
        """A person starts or ends an order on the line, or on a machine of a parallel line."""
        if action == "end":
            event = OrderChanged(machine=about, t=t, action="end", order=order.id, **self._identity(self._people))
        else:
            event = OrderChanged(
                machine=about, t=t, action="start", order=order.id, product=order.product,
                quantity=order.quantity, due=order.due, **self._identity(self._people),
            )  # fmt: skip
        self.out.append(event)

    def classify(self, t: int, machine: str, said: Classified) -> None:
        """A person says why the machine stood."""
        self.out.append(
            StopClassified(
                machine=machine, t=t, from_=said.start, to=said.end, reason=said.reason, by=said.by,
                note=said.note, **self._identity(self._people),
            )
        )  # fmt: skip

    def correct(self, t: int, machine: str, said: Correction) -> None:
        """A person corrects counts where the units were made."""
        self.out.append(
            CountCorrected(
                machine=machine, t=t, made_at=said.made_at, good=said.good, reject=said.reject, rework=said.rework,
                reason=said.reason, by=said.by, **self._identity(self._people),
            )
        )  # fmt: skip

    def andon(self, t: int, machine: str, call: AndonCall, action: AndonAction, by: str) -> None:
        """A person calls for help, accepts the call or clears it."""
        identity = self._identity(self._people)
        self.out.append(AndonChanged(machine=machine, t=t, call=call, action=action, by=by, **identity))

    def _counter(self, t: int, machine: str, signal: Signal, made: int) -> Event:
        assert signal.counter is not None
        value = made
        if signal.counter.kind == "cumulative":
            value = self._totals[machine, signal.id] = self._totals.get((machine, signal.id), 0) + made
            value = value % signal.counter.modulus if signal.counter.modulus else value
        return Measured(**self._machine(machine, t), signal=signal.id, value=value)

    def _machine(self, machine: str, t: int) -> _About:
        return {"machine": machine, "t": t, **self._identity(self._source[machine])}

    def _identity(self, source: str) -> _Identity:
        self._seq[source] += 1
        return {"source": source, "epoch": self._epoch, "seq": self._seq[source]}


def _raw_words(machine: WorkUnit) -> Mapping[tuple[str, str | None], str]:
    """Return (state word, reason) -> raw value of the controller; the first raw value of a meaning wins."""
    found: dict[tuple[str, str | None], str] = {}
    for raw, meaning in machine.states.items():
        word = meaning.state.lower()
        found.setdefault((_WORDS.get(word, word), meaning.reason), raw)
    return found
