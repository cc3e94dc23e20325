"""What goes out to people and systems: what is told, and each copy of it on its way to one target."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from app.domain.alerts.message import Message

Channel = Literal["mail", "webhook", "cmms"]
State = Literal["pending", "sending", "failed", "sent", "dead"]
"""failed: will be tried again; dead: will not, a person has to look."""
STATES: tuple[State, ...] = ("pending", "sending", "failed", "sent", "dead")
ALERT = "lineside.alert"
ORDER_CREATED, ORDER_CHANGED = "lineside.workorder.created", "lineside.workorder.changed"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to tell. key: the same thing has the same key and is told once; kind: its CloudEvents type.

    data: plain values, what a receiver gets; to: value of the Role that is meant, "": whoever listens; at: UTC ms.
    """

    key: str
    channel: Channel
    kind: str
    equipment: str
    at: int
    data: Mapping[str, object] = field(default_factory=dict)
    to: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One copy of it, for one target. key: its id for receivers, the same with every try, so that they can drop one.

    target: name in the file of targets, "": not addressed yet. body: `Outgoing.data` as JSON; created: UTC ms.
    attempts: begun so far; next_at: when it is tried again; is_again: an earlier try was cut off after it may have
    arrived. answer: what the receiver or we said last.
    """

    key: str
    channel: Channel
    kind: str
    to: str
    equipment: str
    body: str
    created: int
    target: str = ""
    state: State = "pending"
    attempts: int = 0
    next_at: int = 0
    is_again: bool = False
    answer: str | None = None
    sent_at: int | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A parcel as the page shows it. about: what it says, in the reader's words; place: name of its equipment."""

    parcel: Parcel
    about: str
    place: str


@dataclass(frozen=True, slots=True)
class MessagesBoard:
    """The page. state: only these, None: all; counts: within the reader's scope; rows: newest first, at most some."""

    state: State | None
    zone: str
    at: int
    counts: Mapping[State, int]
    rows: tuple[MessageRow, ...]


def parcel_key(key: str, target: str = "") -> str:
    """Return the id of a copy: short, safe in any header, and the same whenever it is asked for.

    >>> parcel_key("alert|a|1") == parcel_key("alert|a|1"), parcel_key("alert|a|1", "mes") == parcel_key("alert|a|1")
    (True, False)
    """
    return hashlib.sha256("\n".join((key, target)).encode()).hexdigest()


def outgoing(message: Message) -> Outgoing:
    """Return an alert's message as something to tell."""
    said: dict[str, object] = {
        "title": asdict(message.title),
        "why": asdict(message.why),
        "link": message.link,
        "at": message.at,
    }
    more = {"rule": message.rule, "priority": message.priority, "place": message.place, "people": list(message.people)}
    said |= {name: value for name, value in more.items() if value}
    if message.response is not None:
        said["response"] = asdict(message.response)
    return Outgoing(message.key, message.channel, ALERT, message.equipment, message.at, said, message.to)
