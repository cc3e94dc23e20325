"""A work order as we and a maintenance system outside tell one another about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Status = Literal["open", "planned", "in_work", "done"]
STATUSES: tuple[Status, ...] = ("open", "planned", "in_work", "done")


@dataclass(frozen=True, slots=True)
class OrderState:
    """A work order of ours as it is. created, at (of its last change), due_at: UTC ms; due_at None: no date.

    external_id: what it is called outside, None while nobody there has taken it. is_from_outside: its last change was
    told to us by the maintenance system, which therefore knows it.
    """

    number: str
    equipment: str
    title: str
    why: str
    priority: str
    status: Status
    created: int
    at: int
    due_at: int | None = None
    by: str | None = None
    external_id: str | None = None
    is_from_outside: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a maintenance system says of an order of ours. external_id: its own; at: when it changed there, UTC ms.

    status None: it has taken the order and says nothing of how it stands; code: failure it was closed with, "": not
    said; minutes: of work, None: not said.
    """

    number: str
    external_id: str
    at: int
    status: Status | None = None
    note: str = ""
    code: str = ""
    minutes: int | None = None


class OrderBook(Protocol):
    """Where work orders are kept. Every call may raise DatabaseAway."""

    def changed_since(self, at: int, /) -> Sequence[OrderState]:
        """Return the orders made or changed from `at` on (UTC ms), oldest change first."""

    def outside(self, heard: Heard, /) -> OrderState | None:
        """Take in what the maintenance system says of an order; return it when it moved here, None: it did not.

        Raises LookupError for a number that is not ours.
        """
