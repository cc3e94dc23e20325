"""What every command needs, and how what a person said becomes an event on the line's stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.auth.guard import Invalid, NotFound, Unavailable, require
from app.auth.steward import Trail
from app.domain.accounting.buckets import Episode
from app.domain.accounting.facts import OrderFact
from app.domain.events.codec import encode
from app.domain.events.contract import Event
from app.domain.interval import Interval
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment, WorkCenter, WorkUnit
from app.domain.roles import Identity, Permission
from app.live.snapshots import LastBoards
from app.streams.connection import ServerAway
from app.streams.desk import Claimed

LONGEST_NOTE = 500


class PersonStream(Protocol):
    """Appends people's events (app.streams.desk.Desk)."""

    def last_said(self, line: str, about: str) -> str:
        """Return what was last said about a stop."""

    def say(self, line: str, event: Event, *, key: str = "", locks: Sequence[Claimed] = ()) -> str:
        """Append and return the stream id."""


class Past(Protocol):
    """What history knows of machines' time (app.historian.episodes); nothing while the database is away."""

    def episodes(self, machine: str, window: Interval) -> list[Episode]:
        """Return the episodes that overlap window, by start."""

    def has_heard(self, machine: str, at: int) -> bool:
        """Whether what a person said of the machine at `at` (UTC ms) has arrived."""

    def orders(self, line: str, window: Interval) -> list[OrderFact]:
        """Return the order runs on the line that overlap window, by start."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was taken: the event's id on the line's stream. Acknowledged means appended: it is never lost after."""

    line: str
    id: str
    at: int


@dataclass(frozen=True, slots=True)
class CommandDesk:
    """Where commands are taken. worked: the plant with the shift exceptions said so far; now: UTC ms."""

    worked: Callable[[], Plant]
    stream: PersonStream
    audit: Trail
    boards: LastBoards
    past: Past
    now: Callable[[], int]

    @property
    def plant(self) -> Plant:
        """The plant as it is worked now."""
        return self.worked()

    def line(self, who: Identity, permission: Permission, name: str) -> WorkCenter:
        """Return the line `name`, theirs to do `permission` on. Raises NotFound, Forbidden."""
        line, machine = self._find(name)
        if machine is not None:
            raise NotFound("refused.not_a_line", name=name)
        require(who, permission, line.path)
        return line

    def machine(self, who: Identity, permission: Permission, name: str) -> tuple[WorkCenter, WorkUnit]:
        """Return the machine `name` and its line, theirs to do `permission` on. Raises NotFound, Forbidden."""
        line, machine = self._find(name)
        if machine is None:
            raise NotFound("refused.not_a_machine", name=name)
        require(who, permission, line.path)
        return line, machine

    def take(
        self, line: WorkCenter, who: Identity, event: Event, *, key: str = "", locks: Sequence[Claimed] = ()
    ) -> Receipt:
        """Write the audit row, append the event, return the receipt. Raises Unavailable when a store is away."""
        try:
            self.audit.write(self.now(), who.name, f"said.{kind_of(event)}", event.machine, _detail(event))
            return Receipt(line.path, self.stream.say(line.path, event, key=key, locks=locks), event.t)
        except ServerAway as error:
            raise Unavailable("refused.away") from error

    def _find(self, name: str) -> tuple[WorkCenter, WorkUnit | None]:
        try:
            return self.plant.resolve(name)
        except (UnknownEquipment, AmbiguousEquipment) as error:
            raise NotFound("refused.no_such_equipment", name=name) from error


def source_of(who: Identity) -> str:
    """Return the source a person speaks as."""
    return f"person-{who.name}"


def note_of(text: str | None) -> str | None:
    """Return a note as it may be kept: trimmed, None when empty. Raises Invalid when too long or not text."""
    cleaned = (text or "").strip()
    if len(cleaned) > LONGEST_NOTE:
        raise Invalid("refused.note_long", most=LONGEST_NOTE, long=len(cleaned))
    if any(ord(c) < 32 and c not in "\n\t" for c in cleaned):
        raise Invalid("refused.note_plain")
    return cleaned or None


def check_reason(desk: CommandDesk, reason: str | None) -> None:
    """Refuse what is no leaf of the reason tree; None is nothing to refuse. Raises Invalid."""
    found = desk.plant.reasons.get(reason)
    if reason is not None and (found is None or not found.is_leaf):
        raise Invalid("refused.reason", reason=reason)


def kind_of(event: Event) -> str:
    """Return the event's kind on the wire: `classify`."""
    return str(type(event).__struct_config__.tag)


def _detail(event: Event) -> str:
    return encode(event).decode()
