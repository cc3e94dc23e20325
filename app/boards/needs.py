"""What waits for a person: alerts, open calls and stops without a reason; it is behind the bell of every page."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.boards.line import LineBoard
from app.domain.alerts.condition import Priority
from app.domain.suggestion import Said


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits. since: UTC ms. call: its kind, None for a stop; by, accepted_by: people.

    people: accounts of who is qualified for the call and on shift, (): nobody is, None: nobody can say, or may.
    stop: id of a stop without a reason, None for a call; machine_name, bucket, ms: of that stop.
    """

    line: str
    line_name: str
    zone: str
    since: int
    call: str | None = None
    by: str | None = None
    accepted_by: str | None = None
    people: tuple[str, ...] | None = None
    stop: str | None = None
    machine_name: str | None = None
    bucket: str | None = None
    ms: int = 0


@dataclass(frozen=True, slots=True)
class AlertNeed:
    """An alert that nobody has acknowledged. since: when it came, UTC ms; line_name: of a machine's line, else area."""

    alert: int
    title: Said
    name: str
    line_name: str
    zone: str
    priority: Priority
    since: int


def needs_of(boards: Iterable[LineBoard]) -> list[Need]:
    """Return what waits: calls nobody has accepted, then accepted ones, each oldest first; then the longest stops."""
    found = [need for board in boards for need in _of_line(board)]
    return sorted(found, key=lambda n: (n.call is None, n.accepted_by is not None, -n.ms, n.since))


def _of_line(board: LineBoard) -> list[Need]:
    head = (board.line, board.name, board.zone)
    calls = [Need(*head, c.since, call=c.call, by=c.by, accepted_by=c.accepted_by) for c in board.calls]
    stops = [
        Need(*head, s.start, stop=s.id, machine_name=s.machine_name, bucket=s.bucket, ms=s.ms) for s in board.stops
    ]
    return calls + stops
