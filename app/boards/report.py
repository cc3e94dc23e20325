"""ReportBoard: a shift's or a day's report, and the tables that every form of it shows (page, PDF, Excel, CSV)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.accounting.kpi_row import KpiRow
from app.domain.interval import Interval

Kind = Literal["text", "word", "rule", "detail", "ratio", "whole", "duration", "moment"]
"""What a cell holds. word: a text key; ratio: a fraction; duration: ms; moment: UTC ms."""
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class ReportQuestion:
    """What is reported. equipment: site, area, line or machine path; date: production date (ISO).

    shift: its name; None: the whole production day. An empty date is the day of the newest shift that has ended.
    """

    equipment: str
    date: str = ""
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class ReportStop:
    """A stop in the window. ms: the part of it inside."""

    machine: str
    start: int
    ms: int
    bucket: str
    reason: str | None
    by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ReportBoard:
    """The report. window: UTC ms; total: the KPI row of the window, None while history is silent.

    lines, shifts: its rows by line and by shift instance. targets: OEE target by line path. losses: ms by loss, adding
    up to planned busy time. stops: those that cost most, of stop_count. names: of equipment by path. longer: which of
    orders, corrections, findings have more rows than these. products: its rows by line and product, most rejects first.
    """

    question: ReportQuestion
    name: str
    zone: str
    window: Interval
    profile: str
    floor: float
    total: KpiRow | None
    lines: tuple[KpiRow, ...]
    shifts: tuple[KpiRow, ...]
    targets: dict[str, float]
    losses: dict[str, int]
    stops: tuple[ReportStop, ...]
    stop_count: int
    orders: tuple[OrderFact, ...]
    corrections: tuple[CorrectionFact, ...]
    findings: tuple[FindingFact, ...]
    names: dict[str, str]
    offered: tuple[str, ...]
    made_at: int = 0
    made_by: str = ""
    longer: frozenset[str] = frozenset()
    products: tuple[KpiRow, ...] = ()
    product_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """title: a text key."""

    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cut:
    """A list that was shortened: `shown` rows of `all`; None: of more than anybody counted."""

    shown: int
    all: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the report. title: a text key; rows: as wide as columns; None where there is no value.

    cut: the list is longer than what is shown of it. unsure: rows whose time is known less than the coverage floor.
    opens: what stands behind the key figures of each row, in their order; empty where none can be opened.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: Cut | None = None
    unsure: frozenset[int] = frozenset()
    opens: tuple[KpiRow, ...] = ()
