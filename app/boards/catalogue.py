"""The signal catalogue: what is measured, where it comes from, by which rules, who answers, what it feeds; findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.boards.signals import How, SignalState
from app.domain.governance.findings import Issue, Statistics
from app.domain.plant.changes import Change
from app.domain.plant.signals import Signal

Tab = Literal["signals", "findings", "plant"]


@dataclass(frozen=True, slots=True)
class CatalogueQuestion:
    """What is asked for. place: area or line path; owner, how: only these; tab: what of it is shown."""

    place: str
    owner: str | None = None
    how: How | None = None
    tab: Tab = "signals"


@dataclass(frozen=True, slots=True)
class Lineage:
    """The way of a signal: source (id and kind of gateway) -> address there -> kind of event -> what derives from it.

    source None: nobody in the plant file speaks for the machine; it is told directly (HTTP, streams).
    feeds: KPI keys; empty: no figure derives from it.
    """

    source: str | None
    gateway: str | None
    address: str | None
    event: str
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One signal of one machine. is_commissioning: measured and shown, outside of totals."""

    machine: str
    machine_name: str
    line_name: str
    signal: Signal
    lineage: Lineage
    state: SignalState
    is_commissioning: bool = False


@dataclass(frozen=True, slots=True)
class PlantEdition:
    """A plant file in use from `at` on, UTC ms. by None: nobody signed it; changes: to the one before, at most some.

    more: how many changes are not among them; is_first: it is the first that is known.
    """

    version: str
    at: int
    by: str | None
    note: str | None
    changes: tuple[Change, ...]
    more: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class CatalogueBoard:
    """The page. at: up to when the signals' states speak, UTC ms; None: nothing has been counted yet.

    counts: signals by how they are, before `how` filters; owners: whom one may ask for; names: paths -> names;
    editions: plant files, newest first, for the tab `plant`.
    """

    question: CatalogueQuestion
    zone: str
    at: int | None
    rows: tuple[CatalogueRow, ...]
    counts: Mapping[How, int]
    owners: tuple[str, ...]
    issues: tuple[Issue, ...]
    statistics: Statistics
    names: Mapping[str, str]
    plant_version: str
    editions: tuple[PlantEdition, ...] = ()
