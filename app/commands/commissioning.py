"""Bringing new machines in: see what a source offers, watch the rules pass, sign off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import yaml

from app.auth.guard import Invalid, NotFound, Unavailable, require
from app.auth.steward import Trail
from app.boards.catalogue import CatalogueRow, Lineage
from app.boards.commissioning import CommissioningBoard, Look, NewMachine, Signed, mapping_of, open_points
from app.boards.signals import SignalState, SignalStates, decode_states
from app.domain.plant.equipment import Plant, Source, WorkCenter, WorkUnit
from app.domain.plant.node import PlantFileErrors
from app.domain.plant.suggest import Offered, mapped, missing, suggest
from app.domain.roles import Identity, Permission, in_scope, may
from app.historian.plants import PlantVersion
from app.plantedit import CannotEdit, end_commissioning
from app.plantmapping import add_mapping
from app.plantyaml import load_plant, plant_texts

LONGEST_NOTE = 500


class SourceAway(RuntimeError):
    """A source cannot be looked at; the text says why."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a source offers, and what of it is mapped already: by hand, or because its protocol knows it."""

    offers: Sequence[Offered]
    mapping: Mapping[str, object]


class States(Protocol):
    """Where the engine leaves what the signals say (app.streams.boards)."""

    def signals(self, line: str) -> bytes | None:
        """Return the bytes of a line's signals, or None. Raises ConnectionError."""


class Versions(Protocol):
    """app.historian.plants.PlantVersions."""

    def saw(self, found: PlantVersion) -> bool:
        """Keep a version with its signature."""


@dataclass(frozen=True, slots=True)
class CommissioningDesk:
    """For people who care for data, within their scope. file: the plant file, None where this process has none.

    look: asks a source what it offers; raises SourceAway. now: UTC ms.
    """

    plant: Callable[[], Plant]
    file: Path | None
    states: States
    look: Callable[[Plant, Source], Looked]
    versions: Versions
    trail: Trail
    now: Callable[[], int]

    def board(self, who: Identity, source: str | None) -> CommissioningBoard:
        """Return the machines in commissioning they may see, and what `source` offers. Raises Forbidden, NotFound."""
        require(who, Permission.SEE_HISTORY)
        plant = self.plant()
        lines = [line for line in plant.lines() if in_scope(who, line.path)]
        told = {line.path: self._told(line.path) for line in lines}
        machines = tuple(
            _machine(plant, line, unit, told[line.path])
            for line in lines
            for unit in line.machines
            if unit.commissioning
        )
        signed = tuple(
            Signed(unit.path, unit.name, line.name, unit.counts_since)
            for line in lines
            for unit in line.machines
            if unit.counts_since is not None
        )
        at = min((states.at for states in told.values() if states is not None), default=None)
        zone = lines[0].zone if lines else "UTC"
        if source is None:
            return CommissioningBoard(zone, at, machines, signed)
        try:
            return CommissioningBoard(zone, at, machines, signed, look=self._look(who, plant, source))
        except SourceAway as error:
            return CommissioningBoard(zone, at, machines, signed, problem=str(error))

    def sign(self, who: Identity, machine: str, although: str) -> None:
        """End a machine's commissioning; `although` says why where something is open.

        Raises Forbidden, NotFound, Invalid (what is open), Unavailable (the file cannot be changed here).
        """
        line, unit = self._in_commissioning(machine)
        require(who, Permission.CARE_FOR_DATA, line.path)
        points, note = open_points(unit, self._told(line.path)), although.strip()[:LONGEST_NOTE]
        if points and not note:
            raise Invalid("commissioning.open", points="; ".join(points))
        said = f"{unit.path} commissioned" + (f", although {note}: {'; '.join(points)}" if points else "")
        if self.file is None:
            raise Unavailable("commissioning.no_file", why="")
        try:
            end_commissioning(self.file, unit.path, self.now())
            version, texts = load_plant(self.file).version, plant_texts(self.file)
        except (CannotEdit, PlantFileErrors, OSError) as error:
            raise Unavailable("commissioning.no_file", why=str(error)) from error
        self.versions.saw(PlantVersion(version, self.now(), who.name, said, texts))
        self.trail.write(self.now(), who.name, "plant.sign", unit.path, said)

    def take(self, who: Identity, source: str) -> int:
        """Write what is suggested for a source into its plant file; return how many addresses.

        Raises Forbidden, NotFound, Invalid (nothing is suggested), Unavailable (the source is away, or the file cannot
        be changed here).
        """
        require(who, Permission.CARE_FOR_DATA)
        if self.file is None:
            raise Unavailable("commissioning.no_file", why="")
        try:
            found = self._look(who, self.plant(), source).suggestions
            if not found:
                raise Invalid("commissioning.nothing_to_take")
            add_mapping(self.file, source, found)
            version, texts = load_plant(self.file).version, plant_texts(self.file)
        except SourceAway as error:
            raise Unavailable("commissioning.away", why=str(error)) from error
        except (CannotEdit, PlantFileErrors, OSError) as error:
            raise Unavailable("commissioning.no_file", why=str(error)) from error
        said = f"{source} mapped: " + ", ".join(f"{one.machine} {one.what} = {one.address}" for one in found)
        self.versions.saw(PlantVersion(version, self.now(), who.name, said, texts))
        self.trail.write(self.now(), who.name, "plant.map", source, said)
        return len(found)

    def _in_commissioning(self, machine: str) -> tuple[WorkCenter, WorkUnit]:
        for line in self.plant().lines():
            for unit in line.machines:
                if unit.path == machine and unit.commissioning:
                    return line, unit
        raise NotFound("commissioning.no_such")

    def _look(self, who: Identity, plant: Plant, name: str) -> Look:
        source = next((one for one in plant.sources if one.id == name), None)
        if source is None or not all(may(who, Permission.CARE_FOR_DATA, path) for path in source.machines):
            raise NotFound("commissioning.no_source")
        units = [unit for line in plant.lines() for unit in line.machines if unit.path in source.machines]
        looked = self.look(plant, source)
        found = suggest(units, looked.offers, looked.mapping)
        text = yaml.safe_dump({"mapping": mapping_of(found)}, sort_keys=False, allow_unicode=True) if found else ""
        unclear = tuple(missing(units, found, looked.mapping))
        return Look(name, len(looked.offers), tuple(found), unclear, text, len(mapped(units, looked.mapping)))

    def _told(self, line: str) -> SignalStates | None:
        try:
            raw = self.states.signals(line)
            return None if raw is None else decode_states(raw)
        except (ConnectionError, msgspec.DecodeError):
            return None


def _machine(plant: Plant, line: WorkCenter, unit: WorkUnit, told: SignalStates | None) -> NewMachine:
    known: Mapping[str, SignalState] = {s.signal: s for s in told.signals if s.machine == unit.path} if told else {}
    source = next((one for one in plant.sources if unit.path in one.machines), None)
    nowhere = Lineage(None, None, None, "", ())
    rows = tuple(
        CatalogueRow(
            unit.path,
            unit.name,
            line.name,
            signal,
            nowhere,
            known.get(signal.id, SignalState(unit.path, signal.id)),
            True,
        )
        for signal in unit.signals.values()
    )
    own = None if source is None else source.id
    return NewMachine(unit.path, unit.name, line.name, own, rows, tuple(open_points(unit, told)), line.path)
