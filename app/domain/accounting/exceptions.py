"""Shift exceptions that people said on the stream: they beat the plant file's calendar, in the past too."""

from datetime import date

import msgspec

from app.domain.accounting.facts import ShiftsFact
from app.domain.events.contract import ShiftsChanged
from app.domain.plant.shifts import ShiftCalendar
from app.domain.plant.worked import excepted


class Said(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What was said about one local date; of two the later said counts. shifts None: the plant file holds again."""

    t: int
    source: str
    seq: int
    shifts: tuple[str, ...] | None
    by: str
    note: str | None


class ShiftExceptions:
    """The exceptions of one line, by local date."""

    def __init__(self) -> None:
        self.said: dict[date, Said] = {}

    def take(self, event: ShiftsChanged) -> bool:
        """Take what was said; False when something said later holds already."""
        said = Said(event.t, event.source, event.seq, event.shifts, event.by, event.note)
        held = self.said.get(event.date)
        if held is not None and (held.t, held.source, held.seq) > (said.t, said.source, said.seq):
            return False
        self.said[event.date] = said
        return True

    def over(self, calendar: ShiftCalendar) -> ShiftCalendar:
        """Return the calendar with what was said laid over it."""
        return excepted(calendar, {day: said.shifts for day, said in self.said.items()})

    def fact(self, line: str, day: date) -> ShiftsFact:
        """Return what history keeps of a date."""
        said = self.said[day]
        return ShiftsFact(line, day, said.shifts, said.t, said.by, said.note)
