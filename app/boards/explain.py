"""Explanation: any number opened - formula with figures, buckets, episodes, events, rates, versions, edits."""

from dataclasses import dataclass

from app.domain.accounting.buckets import Episode
from app.domain.accounting.kpi_row import KpiRow


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of the formula. kind: ms | count | ratio; bucket: its key where it is a bucket."""

    key: str
    value: float | None
    kind: str
    bucket: str | None = None


@dataclass(frozen=True, slots=True)
class RateUsed:
    """An ideal cycle time that entered the figure, and where it came from."""

    machine: str
    product: str | None
    cycle_ms: float
    basis: str
    units: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's correction inside the window."""

    at: int
    by: str
    what: str
    note: str | None


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event of the stream as it was said."""

    id: str
    t: int
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The panel of rule 4. kpi: key (`oee`, `availability`, ...); formula: text key; value: as shown."""

    kpi: str
    equipment: str
    name: str
    zone: str
    row: KpiRow
    formula: str
    terms: tuple[Term, ...]
    by_profile: tuple[tuple[str, float | None], ...]
    episodes: tuple[Episode, ...]
    rates: tuple[RateUsed, ...]
    edits: tuple[Edit, ...]
    events: tuple[RawEvent, ...]
    plant_version: str
    profile: str
    as_of: int | None
    more_episodes: int = 0
