"""Report scrap: units that turned out bad, where and when they were made."""

from dataclasses import dataclass

from app.auth.guard import Invalid
from app.commands.desk import CommandDesk, Receipt, check_reason, note_of, source_of
from app.commands.extent import check_closed
from app.domain.events.contract import CountCorrected
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import WorkCenter
from app.domain.roles import Identity, Permission
from app.live.snapshots import line_board

MOST_UNITS = 1_000_000
OLDEST_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Scrap:
    """line: where; units: how many, in the product's resolution. machine: who made them (None: the counting machine).

    was_counted_good: the units are in the good count and move from there to the rejects. made_at: None means now.
    key: see Desk.say; a scrap sent twice with one key counts once.
    """

    line: str
    units: int
    reason: str | None = None
    machine: str | None = None
    made_at: int | None = None
    was_counted_good: bool = True
    note: str | None = None
    key: str = ""


def report_scrap(desk: CommandDesk, who: Identity, scrap: Scrap) -> Receipt:
    """Append the correction. Raises Forbidden, NotFound, Invalid, Unavailable."""
    line = desk.line(who, Permission.REPORT_SCRAP, scrap.line)
    machine = line.counts_at if scrap.machine is None else _machine_of(desk, who, line, scrap.machine)
    now = desk.now()
    made_at = now if scrap.made_at is None else scrap.made_at
    _check(desk, line, scrap, made_at, now)
    note = note_of(scrap.note)
    check_closed(desk, who, line, made_at, note)
    event = CountCorrected(
        machine=machine,
        t=now,
        source=source_of(who),
        epoch=0,
        seq=0,
        made_at=made_at,
        good=-scrap.units if scrap.was_counted_good else 0,
        reject=scrap.units,
        reason=scrap.reason,
        by=who.name,
        note=note,
    )
    return desk.take(line, who, event, key=scrap.key)


@dataclass(frozen=True, slots=True)
class CountEdit:
    """What `machine` made at `made_at` (UTC ms) was miscounted by so much: units of the product's resolution, signed.

    note: why, always said. key: see Desk.say.
    """

    machine: str
    made_at: int
    note: str
    good: int = 0
    reject: int = 0
    rework: int = 0
    reason: str | None = None
    key: str = ""


def correct_counts(desk: CommandDesk, who: Identity, edit: CountEdit) -> Receipt:
    """Append the correction; who may change closed shifts may. Raises Forbidden, NotFound, Invalid, Unavailable."""
    line, machine = desk.machine(who, Permission.EDIT_CLOSED, edit.machine)
    now, amounts = desk.now(), (edit.good, edit.reject, edit.rework)
    if not any(amounts) or any(abs(n) > MOST_UNITS for n in amounts):
        raise Invalid("refused.units", most=MOST_UNITS, units=max(amounts, key=abs))
    if not now - OLDEST_MS <= edit.made_at <= now:
        raise Invalid("refused.made_at")
    check_reason(desk, edit.reason)
    note = note_of(edit.note)
    if note is None:
        raise Invalid("refused.why")
    event = CountCorrected(
        machine=machine.path,
        t=now,
        source=source_of(who),
        epoch=0,
        seq=0,
        made_at=edit.made_at,
        good=edit.good,
        reject=edit.reject,
        rework=edit.rework,
        reason=edit.reason,
        by=who.name,
        note=note,
    )
    return desk.take(line, who, event, key=edit.key)


def _machine_of(desk: CommandDesk, who: Identity, line: WorkCenter, name: str) -> str:
    found, machine = desk.machine(who, Permission.REPORT_SCRAP, name)
    if found.path != line.path:
        raise Invalid("refused.machine_elsewhere", machine=name, line=line.name)
    return machine.path


def _check(desk: CommandDesk, line: WorkCenter, scrap: Scrap, made_at: int, now: int) -> None:
    if not 1 <= scrap.units <= MOST_UNITS:
        raise Invalid("refused.units", most=MOST_UNITS, units=scrap.units)
    if not now - OLDEST_MS <= made_at <= now:
        raise Invalid("refused.made_at")
    check_reason(desk, scrap.reason)
    board = line_board(desk.boards, line.path)
    in_shift = board is not None and board.shift.start <= made_at
    if board is not None and in_shift and scrap.was_counted_good and scrap.units > board.output.good:
        raise Invalid("refused.more_than_made", good=board.output.good)
