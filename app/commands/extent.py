"""What a stretch of time is before somebody edits it, and whether the editor saw it so (DOMAIN section 7)."""

from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Conflict, Invalid, Unavailable, require
from app.commands.desk import CommandDesk
from app.domain.accounting.buckets import Episode
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.equipment import WorkCenter, WorkUnit
from app.domain.roles import Identity, Permission
from app.live.snapshots import line_board
from app.streams.connection import ServerAway
from app.streams.desk import Claimed
from app.text.numbers import Numbers

CLOSED_AFTER_MS = HOUR_MS
SEPARATOR = "\x1f"
_CHANGED = {
    (False, False): "refused.changed_none",
    (False, True): "refused.changed_none_by",
    (True, False): "refused.changed_reason",
    (True, True): "refused.changed_reason_by",
}


class Seen(Protocol):
    """What the editor saw: `stop`, its id; `saw`, its reason; `saw_end`, where it ended (None: open, or not shown)."""

    @property
    def stop(self) -> str:
        """`site/area/line/machine@start`."""

    @property
    def saw(self) -> str | None:
        """A reason's id."""

    @property
    def saw_end(self) -> int | None:
        """UTC ms."""


@dataclass(frozen=True, slots=True)
class StopSeen:
    """A stop as a person saw it: its id, its reason and its end (None: none)."""

    stop: str
    saw: str | None = None
    saw_end: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What was last said about a stop on the stream. end: where it ends since, when it was split or merged."""

    reason: str = ""
    by: str = ""
    end: int | None = None
    at: int = 0

    def text(self) -> str:
        """Return it as the stream's lock keeps it."""
        return SEPARATOR.join((self.reason, self.by, "" if self.end is None else str(self.end), str(self.at)))

    @staticmethod
    def of(text: str) -> "Mark":
        """Return what `text` holds; nothing for an empty one."""
        reason, by, end, at = (text.split(SEPARATOR) + [""] * 4)[:4]
        return Mark(reason, by, int(end) if end else None, int(at) if at else 0)


@dataclass(frozen=True, slots=True)
class Extent:
    """A stop as it stands. end None: it lasts, or history has not heard of it yet. said: the lock's text."""

    line: WorkCenter
    machine: WorkUnit
    start: int
    known: Episode | None
    mark: Mark
    said: str

    @property
    def stop(self) -> str:
        """Its id."""
        return f"{self.machine.path}@{self.start}"

    @property
    def end(self) -> int | None:
        """Where it ends; what was said last counts before history."""
        if self.mark.end is not None:
            return self.mark.end
        return None if self.known is None else self.known.end

    def lock(self, mark: Mark) -> Claimed:
        """Return the lock that lets `mark` be said of it, if nothing else was meanwhile."""
        return Claimed(self.stop, self.said, mark.text())


def extent_of(desk: CommandDesk, who: Identity, seen: Seen) -> Extent:
    """Return the stop that the person means, as it stands. Raises Forbidden, NotFound, Invalid, Conflict, Unavailable.

    Conflict when it is not what they saw: somebody gave it another reason, split it or merged it in between.
    """
    name, at, start = seen.stop.rpartition("@")
    if not at or not start.isdecimal():
        raise Invalid("refused.stop", stop=seen.stop)
    line, machine = desk.machine(who, Permission.CLASSIFY_STOP, name)
    if int(start) > desk.now():
        raise Invalid("refused.stop_ahead")
    found = _extent(desk, line, machine, int(start))
    _check_seen(desk, found, seen)
    return found


def _extent(desk: CommandDesk, line: WorkCenter, machine: WorkUnit, start: int) -> Extent:
    stop = f"{machine.path}@{start}"
    known = next((e for e in desk.past.episodes(machine.path, Interval(start, start + 1)) if e.start == start), None)
    try:
        said = desk.stream.last_said(line.path, stop)
    except ServerAway as error:
        raise Unavailable("refused.away") from error
    mark = Mark.of(said)
    if known is not None and mark.at and desk.past.has_heard(machine.path, mark.at):
        mark = Mark()
    return Extent(line, machine, start, known, mark, said)


def _check_seen(desk: CommandDesk, found: Extent, seen: Seen) -> None:
    if found.mark.at:
        shown: str | None = found.mark.reason
    elif found.known is not None:
        shown = found.known.reason
    else:
        shown = _on_board(desk, found, seen.saw)
    if (shown or None) != seen.saw:
        raise _conflict(desk, found, shown or "")
    if seen.saw_end is not None and found.end is not None and found.end != seen.saw_end:
        words = Numbers("en", found.line.zone).clock(found.end)
        raise Conflict("refused.changed_end", end=words)


def _on_board(desk: CommandDesk, found: Extent, otherwise: str | None) -> str | None:
    board = line_board(desk.boards, found.line.path)
    bands = board.timeline if board else ()
    return next((band.reason for band in bands if band.id == found.stop), otherwise)


def _conflict(desk: CommandDesk, found: Extent, shown: str) -> Conflict:
    by = found.mark.by or (found.known.attested_by if found.known else None) or ""
    reason = desk.plant.reasons.get(shown or None)
    return Conflict(_CHANGED[bool(shown), bool(by)], by=by, reason=reason.name if reason else shown)


def bounded_end(desk: CommandDesk, found: Extent) -> int | None:
    """Return where what is said of a stop must end; None: wherever the stop does.

    A stop that was split, merged or lies beside such a one ends where it was cut, not where the machine ran again.
    """
    if found.mark.end is not None or found.known is None or found.known.end is None:
        return found.mark.end
    around = desk.past.episodes(found.machine.path, Interval(found.start - 1, found.known.end + 1))
    return found.known.end if any(e.edits for e in around) else None


def check_closed(desk: CommandDesk, who: Identity, line: WorkCenter, t: int, note: str | None) -> None:
    """Refuse to change a shift that closed over an hour before, but for those who may, with a reason.

    Raises Forbidden, Invalid.
    """
    now, shift = desk.now(), line.calendar.at(t)
    if now - (shift.end if shift else t) < CLOSED_AFTER_MS:
        return
    require(who, Permission.EDIT_CLOSED, line.path)
    if note is None:
        raise Invalid("refused.closed")
