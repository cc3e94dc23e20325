"""Report scrap: units that turned out bad, where and when they were made."""

from dataclasses import dataclass

from app.auth.guard import Invalid
from app.commands.desk import CommandDesk, Receipt, note_of, source_of
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
        note=note_of(scrap.note),
    )
    return desk.take(line, who, event, key=scrap.key)


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
    reason = desk.plant.reasons.get(scrap.reason)
    if scrap.reason is not None and (reason is None or not reason.is_leaf):
        raise Invalid("refused.reason", reason=scrap.reason)
    board = line_board(desk.boards, line.path)
    in_shift = board is not None and board.shift.start <= made_at
    if board is not None and in_shift and scrap.was_counted_good and scrap.units > board.output.good:
        raise Invalid("refused.more_than_made", good=board.output.good)
