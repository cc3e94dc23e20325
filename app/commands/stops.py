"""Say what a stop was, or take it back. The second of two editors sees the first one's change instead of losing it."""

from dataclasses import dataclass

from app.auth.guard import Conflict, Invalid, Unavailable, require
from app.commands.desk import CommandDesk, Receipt, note_of, source_of
from app.domain.events.contract import StopClassified
from app.domain.interval import HOUR_MS
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import Identity, Permission
from app.live.snapshots import line_board
from app.streams.connection import ServerAway
from app.streams.desk import Changed, Claimed

CLOSED_AFTER_MS = HOUR_MS
SEPARATOR = "\x1f"
_CHANGED = {
    (False, False): "refused.changed_none",
    (False, True): "refused.changed_none_by",
    (True, False): "refused.changed_reason",
    (True, True): "refused.changed_reason_by",
}


@dataclass(frozen=True, slots=True)
class StopEdit:
    """What a person wants to say about a stop.

    stop: its id, `site/area/line/machine@start`. reason: a leaf of the tree, None takes back what was said. saw: the
    reason the person saw on the stop (None: none). planned overrides the reason's own flag. key: see Desk.say.
    """

    stop: str
    reason: str | None
    saw: str | None = None
    planned: bool | None = None
    note: str | None = None
    key: str = ""


def classify_stop(desk: CommandDesk, who: Identity, edit: StopEdit) -> Receipt:
    """Append the classification (or its withdrawal). Raises Forbidden, NotFound, Invalid, Conflict, Unavailable."""
    name, start = _parts(edit.stop)
    line, machine = desk.machine(who, Permission.CLASSIFY_STOP, name)
    _check_reason(desk, edit)
    note = note_of(edit.note)
    _check_closed(desk, who, line, start, note)
    stop = f"{machine.path}@{start}"
    event = StopClassified(
        machine=machine.path,
        t=desk.now(),
        source=source_of(who),
        epoch=0,
        seq=0,
        from_=start,
        reason=edit.reason,
        planned=edit.planned,
        by=who.name,
        note=note,
    )
    before = _said_before(desk, line, stop, edit)
    lock = Claimed(stop, before, SEPARATOR.join((edit.reason or "", who.name)))
    try:
        return desk.take(line, who, event, key=edit.key, lock=lock)
    except Changed as changed:
        raise _conflict(desk, changed.last) from changed


def _parts(stop: str) -> tuple[str, int]:
    name, at, start = stop.rpartition("@")
    if not at or not start.isdecimal():
        raise Invalid("refused.stop", stop=stop)
    return name, int(start)


def _check_reason(desk: CommandDesk, edit: StopEdit) -> None:
    if edit.reason is None:
        if edit.planned is not None:
            raise Invalid("refused.planned_alone")
        return
    found = desk.plant.reasons.get(edit.reason)
    if found is None or not found.is_leaf:
        raise Invalid("refused.reason", reason=edit.reason)


def _check_closed(desk: CommandDesk, who: Identity, line: WorkCenter, start: int, note: str | None) -> None:
    now = desk.now()
    if start > now:
        raise Invalid("refused.stop_ahead")
    shift = line.calendar.at(start)
    if now - (shift.end if shift else start) < CLOSED_AFTER_MS:
        return
    require(who, Permission.EDIT_CLOSED, line.path)
    if note is None:
        raise Invalid("refused.closed")


def _said_before(desk: CommandDesk, line: WorkCenter, stop: str, edit: StopEdit) -> str:
    """Return what was last said about the stop, when it is what the editor saw; raise Conflict otherwise."""
    try:
        last = desk.stream.last_said(line.path, stop)
    except ServerAway as error:
        raise Unavailable("refused.away") from error
    shown = last.partition(SEPARATOR)[0] if last else _on_board(desk, line, stop, edit.saw)
    if (shown or None) != edit.saw:
        raise _conflict(desk, last or f"{shown or ''}{SEPARATOR}")
    return last


def _on_board(desk: CommandDesk, line: WorkCenter, stop: str, otherwise: str | None) -> str | None:
    board = line_board(desk.boards, line.path)
    bands = board.timeline if board else ()
    return next((band.reason for band in bands if band.id == stop), otherwise)


def _conflict(desk: CommandDesk, last: str) -> Conflict:
    reason, _, by = last.partition(SEPARATOR)
    found = desk.plant.reasons.get(reason or None)
    return Conflict(_CHANGED[bool(reason), bool(by)], by=by, reason=found.name if found else reason)
