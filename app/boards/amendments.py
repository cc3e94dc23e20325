"""What people changed of the record, and what may be changed: part of the downtime page."""

from dataclasses import dataclass

from app.domain.accounting.reclassified import Moved


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change: when it was made, by whom, of what; begins: the time it is about. UTC ms."""

    at: int
    by: str
    kind: str
    where: str
    begins: int
    what: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of an order; end None: it runs. UTC ms."""

    order: str
    product: str | None
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Amendments:
    """rows: the newest changes, of count. moved: by week. line: the one line asked about, with its runs and shifts."""

    rows: tuple[Amendment, ...]
    count: int
    moved: tuple[Moved, ...]
    line: str | None
    runs: tuple[Run, ...]
    shifts: tuple[str, ...]
