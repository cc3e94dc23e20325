"""Where each thing that simulated machines say is served, by the `mapping` of the source that will hear it."""

from collections.abc import Mapping

import msgspec

from app.domain.events.contract import Event, Measured, StateChanged
from app.domain.plant.equipment import Plant, Source
from app.domain.plant.signals import Signal
from simulators.traits import BadSimulation

Value = float | int | bool | str | None
WORDS = frozenset({"state", "reason"})


class Spot(msgspec.Struct, frozen=True):
    """One address of the mapping. What is served, times scale plus offset, is what the machine says."""

    address: str
    is_word: bool = False
    is_count: bool = False
    scale: float = 1
    offset: float = 0

    def served(self, value: Value) -> Value:
        """Return what to serve when the machine says `value`."""
        if (self.scale, self.offset) == (1, 0) or not isinstance(value, int | float):
            return value
        return (value - self.offset) / self.scale


Spots = Mapping[tuple[str, str], Spot]
"""(machine path, signal, or `state` or `reason` behind a dot) -> where it is served."""


def spots_of(plant: Plant, source: Source) -> Spots:
    """Return where each thing is served that the source maps. Raises BadSimulation."""
    found: dict[tuple[str, str], Spot] = {}
    mapping = source.options.get("mapping")
    for name, wishes in (mapping if isinstance(mapping, dict) else {}).items():
        paths = [path for path in source.machines if path == name or path.endswith(f"/{name}")]
        if len(paths) != 1 or not isinstance(wishes, dict):
            raise BadSimulation(f"sources.{source.id}.mapping.{name}: must be one of its machines, with addresses")
        for word in WORDS & wishes.keys():
            found[paths[0], f".{word}"] = _spot(source, wishes[word], is_word=True)
        signals = signals_of(plant, paths[0])
        for signal, wish in wishes.get("signals", {}).items():
            is_count = signal in signals and signals[signal].counter is not None
            found[paths[0], signal] = _spot(source, wish, is_count=is_count)
    return found


def signals_of(plant: Plant, path: str) -> Mapping[str, Signal]:
    """Return the signals of a machine, none of a line."""
    machine = plant.resolve(path)[1]
    return {} if machine is None else machine.signals


def check_counters(plant: Plant, source: Source, spots: Spots) -> None:
    """Refuse a machine whose good or reject units would be said by nobody. Raises BadSimulation."""
    for path in source.machines:
        signals = signals_of(plant, path).values()
        counted = {s.counter.of for s in signals if s.counter is not None and (path, s.id) in spots}
        if missing := {"good", "reject"} - counted:
            wanted = " and ".join(sorted(missing))
            raise BadSimulation(f"sources.{source.id}.mapping: {path} maps no counter of {wanted} units")


def said(event: Event) -> list[tuple[str, Value]]:
    """Return what a machine says, by the names of `Spots`; nothing of what people say."""
    if isinstance(event, Measured):
        return [(event.signal, event.value)]
    if isinstance(event, StateChanged):
        return [(".reason", event.reason), (".state", event.state)]
    return []


def _spot(source: Source, wish: object, *, is_word: bool = False, is_count: bool = False) -> Spot:
    at = wish if isinstance(wish, dict) else {"at": wish}
    address = at.get("at")
    if not isinstance(address, str):
        raise BadSimulation(f"sources.{source.id}.mapping: must be an address, or `at` with one, is {wish!r}")
    numbers = (_number(source, at.get("scale", 1)), _number(source, at.get("offset", 0)))
    return Spot(address, is_word, is_count, *numbers)


def _number(source: Source, found: object) -> float:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    raise BadSimulation(f"sources.{source.id}.mapping: scale and offset must be numbers, is {found!r}")
