"""AreaBoard: a row per line, sorted by minutes lost this shift; what a supervisor looks at first."""

from dataclasses import dataclass

from app.boards.line import Call, Kpis, Loss, OrderHead, ShiftHead, StateHead


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line on the area board. age_ms: age of its snapshot; main_loss: what costs most this shift.

    order_progress: good / quantity of the running order as a fraction, None without a quantity. trust: as the line's
    own board says it. standing: as the line's own board says it; counts_since: with `since`.
    """

    line: str
    name: str
    at: int
    age_ms: int
    state: StateHead
    order: OrderHead | None
    order_progress: float | None
    kpis: Kpis
    good: int
    delta: int | None
    main_loss: Loss | None
    lost_ms: int
    unclassified_ms: int
    calls: tuple[Call, ...]
    trend: tuple[float | None, ...]
    oee_target: float | None
    shift: ShiftHead
    trust: float | None = None
    standing: str | None = None
    counts_since: int | None = None


@dataclass(frozen=True, slots=True)
class AreaBoard:
    """An area's (or site's) lines and their components added, divided once. at: when this board was made."""

    schema: int
    version: str
    area: str
    name: str
    zone: str
    at: int
    lines: tuple[LineRow, ...]
    kpis: Kpis
    components: dict[str, object]
    unclassified_ms: int
    lost_ms: int
    calls: int
    trust: float | None = None
