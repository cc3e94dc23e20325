"""Say afterwards, or ahead, which shifts open on a date: the exception that the plant file lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.auth.guard import Invalid
from app.commands.desk import CommandDesk, Receipt, note_of, source_of
from app.domain.events.contract import ShiftsChanged
from app.domain.interval import DAY_MS, utc_midnight
from app.domain.roles import Identity, Permission

AHEAD_MS = 366 * DAY_MS


@dataclass(frozen=True, slots=True)
class ShiftsEdit:
    """On `date` (local), these shifts of the line's calendar opened; none: it stood still; None: as planned.

    note: why, always said. key: see Desk.say.
    """

    line: str
    date: date
    shifts: Sequence[str] | None
    note: str
    key: str = ""


def say_shifts(desk: CommandDesk, who: Identity, edit: ShiftsEdit) -> Receipt:
    """Append the exception; the hours it touches are restated. Raises Forbidden, NotFound, Invalid, Unavailable."""
    line = desk.line(who, Permission.EDIT_CLOSED, edit.line)
    offered = list(dict.fromkeys(pattern.name for pattern in line.calendar.patterns))
    for name in edit.shifts or ():
        if name not in offered:
            raise Invalid("refused.shift", shift=name, offered=", ".join(offered))
    if utc_midnight(edit.date) > desk.now() + AHEAD_MS:
        raise Invalid("refused.shift_ahead")
    note = note_of(edit.note)
    if note is None:
        raise Invalid("refused.why")
    event = ShiftsChanged(
        machine=line.path,
        t=desk.now(),
        source=source_of(who),
        epoch=0,
        seq=0,
        date=edit.date,
        shifts=None if edit.shifts is None else tuple(dict.fromkeys(edit.shifts)),
        by=who.name,
        note=note,
    )
    return desk.take(line, who, event, key=edit.key)
