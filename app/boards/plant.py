"""PlantBoard: sites, areas and lines by the same components, and what a point of OEE is worth in each."""

from dataclasses import dataclass
from typing import Literal

from app.boards.period import Period
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.worth import Worth

Level = Literal["enterprise", "site", "area", "line"]


@dataclass(frozen=True, slots=True)
class PlantRow:
    """One place: its components added, divided once. main_loss: what costs most (key of the loss), None without any.

    lost_ms: planned time that made no good unit; target: the line's OEE target, None elsewhere or without one.
    standing: of a line, app.boards.commissioning.standing_of; counts_since: with `since`, UTC ms.
    """

    level: Level
    path: str
    name: str
    row: KpiRow
    lost_ms: int
    main_loss: str | None
    main_loss_ms: int
    worth: Worth
    target: float | None
    standing: str | None = None
    counts_since: int | None = None


@dataclass(frozen=True, slots=True)
class PlantBoard:
    """Every place this person may see, each site followed by its areas, each area by its lines.

    floor: coverage under which a figure is greyed. period: how the address says the window.
    """

    from_ms: int
    to_ms: int
    zone: str
    as_of: int | None
    profile: str
    rows: tuple[PlantRow, ...]
    floor: float = 0.9
    period: Period | None = None
