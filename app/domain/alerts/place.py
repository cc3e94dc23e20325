"""Where a rule looks: the machines or lines it watches."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.alerts.rule import (
    CallWaits,
    KpiBeyond,
    Rule,
    ScrapBeyond,
    SignalBeyond,
    SuggestionOpen,
    TrendReaches,
)
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.roles import covers


@dataclass(frozen=True, slots=True)
class Place:
    """One machine or line. machine: whose states and stops speak for it: itself, or the line's constraint.

    line: path of its line; unit: of the watched signal, as the plant file has it.
    """

    path: str
    machine: str
    line: str
    name: str
    warm_up_ms: int = 0
    unit: str = ""


def places_of(rule: Rule, plant: Plant) -> list[Place]:
    """Return what a rule watches, in the plant file's order; may be empty."""
    if isinstance(rule.watch, KpiBeyond | CallWaits):
        return [_line(line) for line in plant.lines() if _is_in(rule.where, line.path)]
    signal = rule.watch.signal if isinstance(rule.watch, SignalBeyond | TrendReaches) else None
    machines = [
        _machine(machine, signal)
        for machine in machines_of(plant)
        if _is_in(rule.where, machine.path)
        and rule.template in (None, machine.template)
        and (signal is None or signal in machine.signals)
    ]
    if isinstance(rule.watch, SuggestionOpen) and rule.template is None:
        return [*(_line(line) for line in plant.lines() if _is_in(rule.where, line.path)), *machines]
    if isinstance(rule.watch, ScrapBeyond) and rule.template is None and not _is_machine(rule.where, plant):
        return [_line(line) for line in plant.lines() if _is_in(rule.where, line.path)]
    return machines


def machines_of(plant: Plant) -> Iterator[WorkUnit]:
    """Yield every machine, in file order."""
    return (machine for line in plant.lines() for machine in line.machines)


def _is_in(where: str, path: str) -> bool:
    return not where or covers(where, path)


def _is_machine(where: str, plant: Plant) -> bool:
    return any(machine.path == where for machine in machines_of(plant))


def _machine(machine: WorkUnit, signal: str | None) -> Place:
    known = machine.signals.get(signal or "")
    unit = known.unit if known else ""
    return Place(machine.path, machine.path, machine.line, machine.name, machine.warm_up_ms, unit)


def _line(line: WorkCenter) -> Place:
    return Place(line.path, line.constraint, line.path, line.name, line.machine(line.constraint).warm_up_ms)
