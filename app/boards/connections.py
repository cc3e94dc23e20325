"""Connections: who speaks for the machines and how that goes; and what was refused, by why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

How = Literal["fine", "away", "absent"]
Tab = Literal["sources", "refused"]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the plant file. how: fine; away: the gateway runs and cannot hear it; absent: no gateway runs for it.

    at: the gateway's last sign of life, UTC ms. figures: as the gateway says them (`waiting` on disk, `dropped`,
    `unmapped`, `clock_offset_ms`: how far the source's clock is ahead of ours). problem: in words, None when fine.
    """

    id: str
    gateway: str
    url: str
    owner: str | None
    machines: tuple[str, ...]
    how: How
    at: int | None
    figures: Mapping[str, float]
    problem: str | None


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """Refused events of a line for the same reason (numbers in it aside). newest: when the last one came, UTC ms.

    id, raw: of that last one. line `door`: it names no line of the plant.
    """

    line: str
    line_name: str
    key: str
    reason: str
    count: int
    newest: int
    id: str
    raw: str


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """One refused event. key: its reason without numbers; at: when it was refused, UTC ms; raw: as it came."""

    id: str
    at: int
    reason: str
    key: str
    raw: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line's refused events, newest first, at most some; waiting: how many there are."""

    waiting: int
    events: tuple[RefusedEvent, ...]


@dataclass(frozen=True, slots=True)
class ConnectionsBoard:
    """The page. refused: events in quarantine of the lines this person may see; groups: the newest of them."""

    tab: Tab
    zone: str
    at: int
    sources: tuple[SourceRow, ...]
    refused: int
    groups: tuple[RefusedGroup, ...]
