"""ShiftComparison: sets of shifts side by side, what makes the difference, and whether it is more than noise."""

from dataclasses import dataclass
from typing import Literal, get_args

from app.boards.period import Period
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.significance import Evidence
from app.domain.interval import Interval

CompareBy = Literal["shift", "crew", "weekday", "week", "line", "product"]
WAYS: tuple[CompareBy, ...] = get_args(CompareBy)


@dataclass(frozen=True, slots=True)
class ShiftQuestion:
    """What is compared. equipment: site, area, line or machine path; window: UTC ms; by: what tells the sets apart.

    shift, product: only these (None: all). first, second: keys of the two sets whose difference is explained (None:
    the first two there are). like_for_like: had every set made the same product mix. period: how
    the address says the window.
    """

    equipment: str
    window: Interval
    by: CompareBy = "shift"
    shift: str | None = None
    product: str | None = None
    first: str | None = None
    second: str | None = None
    like_for_like: bool = False
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the difference waterfall, in OEE points (fractions); steps add up exactly to the difference."""

    key: str
    points: float
    ms: int


@dataclass(frozen=True, slots=True)
class ShiftColumn:
    """One set on screen: its rows added, n shift instances behind it. label: a name, or the key where it has none.

    losses: ms by loss, adding up to planned busy time.
    """

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
class Pair:
    """The two sets whose difference is explained, by key; steps: () when one of them has no OEE to compare."""

    first: str
    second: str
    steps: tuple[Step, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ShiftComparison:
    """Sets to compare, what explains the difference of two, the trend and the week's pattern behind them.

    shifts, products: what may be chosen, id -> name. mix: products compared like for like (() when not asked for, or
    when no product was made by all sets). heat: OEE by weekday (0 Monday) and local hour, None where nothing is known.
    floor: coverage under which a figure is greyed and out of comparisons.
    """

    question: ShiftQuestion
    name: str
    zone: str
    as_of: int | None
    profile: str
    columns: tuple[ShiftColumn, ...]
    pair: Pair | None
    trend: tuple[TrendPoint, ...]
    heat: tuple[tuple[float | None, ...], ...]
    shifts: dict[str, str]
    products: dict[str, str]
    mix: tuple[str, ...] = ()
    floor: float = 0.9
