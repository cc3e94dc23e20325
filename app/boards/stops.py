"""StopRow: one stop as a person reads it, the same in every list."""

from dataclasses import dataclass

from app.domain.accounting.buckets import Bucket


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stop. ms: the part of it inside the window; reason None: nobody said. saw: what an edit must have seen."""

    id: str
    machine: str
    machine_name: str
    start: int
    end: int | None
    ms: int
    bucket: Bucket
    reason: str | None
    reason_name: str | None
    caused_by: str | None
    by: str | None
    note: str | None
    product: str | None
    shift: str | None
    cost: float | None
