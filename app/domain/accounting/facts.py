"""Facts: what the engine tells history. Each replaces what was said before about the same thing (idempotent)."""

import datetime as dt
from typing import Literal

import msgspec

from app.domain.accounting.buckets import Cell, Episode

CorrectionKind = Literal["classify", "correct", "order", "shifts"]


class HourFact(msgspec.Struct, tag="hour", tag_field="fact", frozen=True):
    """Everything about one equipment (machine path, or line path under the line's convention) in one UTC hour.

    cells: all cells of the hour; episodes: those that START in the hour (machines only). The historian replaces its
    rows of (equipment, hour) with these. version: rises with every restatement of the hour.
    """

    equipment: str
    hour: int
    version: int
    as_of: int
    cells: list[Cell]
    episodes: list[Episode]


class OrderFact(msgspec.Struct, frozen=True):
    """A run of an order on a line. end None: it runs; product None: nobody said."""

    line: str
    order: str
    product: str | None
    quantity: int | None
    start: int
    end: int | None
    due: int | None = None


class OrdersFact(msgspec.Struct, tag="orders", tag_field="fact", frozen=True):
    """The order runs of a line from `since` on: those that run then or start later.

    The historian forgets every run of the line that starts at or after `since` (one whose start was corrected is no
    more), and replaces those it is told, keyed (line, start, order).
    """

    line: str
    since: int
    runs: list[OrderFact]


class CallFact(msgspec.Struct, tag="call", tag_field="fact", frozen=True):
    """An andon call; keyed (line, call, since)."""

    line: str
    call: str
    since: int
    by: str
    accepted_at: int | None = None
    accepted_by: str | None = None
    cleared_at: int | None = None
    cleared_by: str | None = None


class ShiftsFact(msgspec.Struct, tag="shifts", tag_field="fact", frozen=True):
    """Which shifts opened on a line on a local date, as a person said; keyed (line, date). shifts None: taken back."""

    line: str
    date: dt.date
    shifts: tuple[str, ...] | None
    at: int
    by: str
    note: str | None


class CorrectionFact(msgspec.Struct, tag="correction", tag_field="fact", frozen=True):
    """A person's correction, kept with its original for ever; keyed by `id` (source, epoch, seq as text)."""

    id: str
    equipment: str
    kind: CorrectionKind
    at: int
    from_ms: int
    to_ms: int | None
    by: str
    what: str
    note: str | None


class FindingFact(msgspec.Struct, tag="finding", tag_field="fact", frozen=True):
    """A data-quality finding; keyed (equipment, rule, since). until None while it lasts; detail in plain words."""

    equipment: str
    rule: str
    since: int
    until: int | None
    detail: str
    owner: str | None = None
    count: int = 1


Fact = HourFact | OrdersFact | CallFact | CorrectionFact | FindingFact | ShiftsFact
