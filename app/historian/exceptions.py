"""Shift exceptions that people said, by line and local date; the plant file's calendar with them laid over it."""

import datetime as dt

import msgspec
from sqlalchemy import Engine, select

from app.domain.accounting.facts import ShiftsFact
from app.domain.plant.equipment import Plant
from app.domain.plant.worked import Said, as_worked
from app.historian import schema
from app.historian.away import DatabaseAway
from app.historian.database import asking_database

_names = msgspec.json.Decoder(tuple[str, ...] | None)


def shifts_row(fact: ShiftsFact) -> dict[str, object]:
    """Return the row of a fact; shifts: a JSON list, or null for taken back."""
    shifts = msgspec.json.encode(fact.shifts).decode()
    return msgspec.structs.asdict(fact) | {"date": fact.date.isoformat(), "shifts": shifts}


def said_shifts(engine: Engine) -> dict[str, Said]:
    """Return what was said, by line. Raises DatabaseAway."""
    table, found = schema.shift_exceptions, dict[str, dict[dt.date, tuple[str, ...] | None]]()
    with asking_database(), engine.connect() as connection:
        for row in connection.execute(select(table)):
            found.setdefault(row.line, {})[dt.date.fromisoformat(row.date)] = _names.decode(row.shifts)
    return dict(found)


class WorkedPlant:
    """The plant as it was worked, as far as history knows; thread-safe, made anew only when something else was said."""

    def __init__(self, engine: Engine, plant: Plant) -> None:
        self._engine = engine
        self._plant = plant
        self._held: tuple[dict[str, Said], Plant] = ({}, plant)

    def now(self) -> Plant:
        """Return the plant; while the database is away, as it was last known."""
        try:
            said = said_shifts(self._engine)
        except DatabaseAway:
            return self._held[1]
        held, plant = self._held
        if said != held:
            plant = as_worked(self._plant, said)
            self._held = (said, plant)
        return plant
