"""ShiftComparison: the manager's comparison of shifts, from facts kept in SQL."""

from dataclasses import dataclass

from app.domain.accounting.kpi_row import KpiRow


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the difference waterfall, in OEE points (fractions); steps add up exactly to the difference."""

    key: str
    points: float
    ms: int


@dataclass(frozen=True, slots=True)
class ShiftColumn:
    """One shift set on screen: `early`, its rows added, n shift instances behind it."""

    key: str
    label: str
    n: int
    row: KpiRow
    losses: dict[str, int]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One shift instance on the trend line."""

    date: str
    shift: str
    start: int
    oee: float | None
    coverage: float | None
    lost_ms: int


@dataclass(frozen=True, slots=True)
class ShiftComparison:
    """Columns to compare, what explains the difference of the first two, and the trend behind them."""

    equipment: str
    name: str
    from_ms: int
    to_ms: int
    zone: str
    as_of: int | None
    profile: str
    columns: tuple[ShiftColumn, ...]
    waterfall: tuple[Step, ...]
    trend: tuple[TrendPoint, ...]
