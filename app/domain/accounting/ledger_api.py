"""What engine, report and boards may ask of a line's ledger."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounting.buckets import Cell, Episode
from app.domain.accounting.facts import CallFact, Fact, FindingFact, OrderFact
from app.domain.events.contract import Event
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter


class PageStore(Protocol):
    """Where the inputs of past days are kept when they leave memory (Redis hash, or a dict in `report`)."""

    def load(self, key: str) -> bytes | None:
        """Return the page `machine-path|day`, or None."""


class LineLedger(Protocol):
    """The account of one line. Not thread-safe. `now` is UTC ms and never earlier than before.

    A window never has to be aligned; results are cut exactly at its ends.
    """

    line: WorkCenter
    plant: Plant

    def apply(self, events: Sequence[Event]) -> None:
        """Take events in stream order; `machine` is a full path of this line or the line's path.

        Duplicates are recognised by (source, epoch, seq) and count once. Odd content becomes a finding, no error.
        """

    def settle(self, now: int, *, open_hours: bool | None = None) -> list[Fact]:
        """Bring the account up to `now` and return the facts that changed since the last call."""

    def changed_pages(self) -> dict[str, bytes]:
        """Pages to persist with the next commit; clears the list."""

    def checkpoint(self) -> bytes:
        """Everything needed to go on after a kill, with the pages."""

    def forget(self, before: int) -> None:
        """Forget inputs older than `before` (UTC ms); what was told of them stands."""

    def cells(self, equipment: str, window: Interval, now: int) -> list[Cell]:
        """Cells of a machine path or of the line's path inside window (to `now` at most), by hour."""

    def episodes(self, machine: str, window: Interval, now: int) -> list[Episode]:
        """Episodes of the machine that overlap the window, by start, not clipped; adjacent and exhaustive to now."""

    def orders(self, window: Interval) -> list[OrderFact]:
        """Order runs on the line that overlap the window."""

    def calls(self) -> list[CallFact]:
        """Open andon calls."""

    def findings(self, window: Interval) -> list[FindingFact]:
        """Findings that overlap the window."""

    def heard(self, machine: str) -> int | None:
        """Time of the machine's last sign of life, or None."""

    def duplicates(self) -> int:
        """Events recognised as duplicates so far."""
