"""The HTTP door for events: every one is accepted, recognised as a duplicate, or quarantined with its reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from app.auth.guard import Forbidden
from app.domain.events.codec import MalformedEvent, decode, encode
from app.domain.events.contract import AndonChanged, CountCorrected, Event, OrderChanged, ShiftsChanged, StopClassified
from app.domain.events.plausible import EARLIEST_MS
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment
from app.domain.roles import Identity, Permission, may
from app.rest.limits import FUTURE_MS, LARGEST, LONGEST_EVENT, LONGEST_TEXT
from app.streams.ingest import Verdict, identity

NOWHERE = "door"
"""Where events are put aside that name no line."""


class Ingest(Protocol):
    """app.streams.ingest.IngestLog."""

    def ingest(self, line: str, events: Iterable[tuple[str, bytes]]) -> list[Verdict]:
        """Append each identity once."""


class Aside(Protocol):
    """app.streams.quarantine.Quarantine."""

    def refuse(self, line: str, raw: bytes, reason: str) -> str:
        """Put an event aside."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one event. status: accepted, duplicate or quarantined; reason: why quarantined."""

    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An event with its full machine path, and the line it goes to."""

    line: str
    event: Event


@dataclass(frozen=True, slots=True)
class Door:
    """Takes raw events for those who may send them."""

    plant: Plant
    ingest: Ingest
    aside: Aside
    now: Callable[[], int]

    def take(self, raws: Sequence[bytes], who: Identity) -> list[Answer]:
        """Return an answer for each of `raws`, in order.

        Raises Forbidden when one of them is about equipment outside the sender's scope (nothing was taken then), and
        ServerAway in the middle of it: sending everything again is right.
        """
        placed = [self._place(raw, who) for raw in raws]
        answers: list[Answer | None] = [None] * len(raws)
        by_line: dict[str, list[int]] = {}
        for at, found in enumerate(placed):
            if isinstance(found, Placed):
                by_line.setdefault(found.line, []).append(at)
            else:
                self.aside.refuse(NOWHERE, raws[at][:LONGEST_EVENT], found)
                answers[at] = Answer("quarantined", found)
        for line, places in by_line.items():
            self._append(line, places, placed, answers)
        return [answer for answer in answers if answer is not None]

    def _append(
        self, line: str, places: list[int], placed: Sequence[Placed | str], answers: list[Answer | None]
    ) -> None:
        events = [found.event for at in places if isinstance(found := placed[at], Placed)]
        verdicts = self.ingest.ingest(line, [(identity(event), encode(event)) for event in events])
        for at, verdict in zip(places, verdicts, strict=True):
            answers[at] = Answer(verdict)

    def _place(self, raw: bytes, who: Identity) -> Placed | str:
        """Return the event with its line, or why it cannot be one."""
        if len(raw) > LONGEST_EVENT:
            return f"an event has at most {LONGEST_EVENT} bytes, this one {len(raw)}"
        try:
            event = decode(raw)
            line, machine = self.plant.resolve(event.machine)
        except (MalformedEvent, RecursionError) as error:
            return str(error)
        except UnknownEquipment:
            return f"machine {event.machine!r}: the plant has no such line or machine"
        except AmbiguousEquipment as error:
            return f"machine: {error}"
        reason = implausible(event, self.now())
        if reason is not None:
            return reason
        if not may(who, Permission.SEND_EVENTS, line.path):
            raise Forbidden(f"{who.name} may not send events of {line.path}")
        path = line.path if machine is None else machine.path
        return Placed(line.path, _signed(msgspec.structs.replace(event, machine=path), who))


def implausible(event: Event, now: int) -> str | None:
    """Return what cannot be right about a well-formed event, or None."""
    if not EARLIEST_MS <= event.t <= now + FUTURE_MS:
        return f"t {event.t}: must be UTC ms, not before the year 2000 and not more than a day ahead"
    fields: Mapping[str, Any] = msgspec.structs.asdict(event)
    for name, value in fields.items():
        if isinstance(value, str) and (len(value) > LONGEST_TEXT or "\x00" in value):
            return f"{name}: at most {LONGEST_TEXT} characters, no NUL"
        if isinstance(value, int) and name in _COUNTS and abs(value) > LARGEST:
            return f"{name} {value}: at most {LARGEST} either way"
        if isinstance(value, int) and abs(value) > _INT64:
            return f"{name}: needs more than 64 bits"
    return None


_INT64 = 2**63 - 1
_COUNTS = frozenset({"good", "reject", "rework", "quantity"})


def _signed(event: Event, who: Identity) -> Event:
    """Name the sender on what a person is said to have said."""
    if isinstance(event, OrderChanged) and event.was is None:
        return event
    if isinstance(event, StopClassified | CountCorrected | AndonChanged | ShiftsChanged | OrderChanged):
        return msgspec.structs.replace(event, by=f"{event.by} via {who.name}" if event.by else who.name)
    return event
