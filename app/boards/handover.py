"""HandoverBoard: a shift's handover as its page shows it, and the facts its sentences are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.boards.line import Call, Kpis, OrderHead
from app.domain.accounting.buckets import Components
from app.domain.decisions.handover import Handover, Item
from app.domain.suggestion import Said


@dataclass(frozen=True, slots=True)
class ShiftChoice:
    """A shift that may be chosen. key: `2026-11-23/early`; start, end: UTC ms."""

    key: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NoReason:
    """Stops without a reason: how many, and their time in the shift, ms."""

    count: int
    ms: int


@dataclass(frozen=True, slots=True)
class AlertTally:
    """Alerts of a shift: how many came in it, and how many nobody had acknowledged when it ended, or by now."""

    came: int
    waiting: int


@dataclass(frozen=True, slots=True)
class WorkTally:
    """Work orders of a shift: made in it, done in it, and not over when it ended, or by now."""

    made: int
    done: int
    open: int


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """What is known of one shift of a line.

    at: up to when, UTC ms. components: of the shift, None: nothing was ever told of it. target: units that planned time
    so far should have given, None without rate or target. reasons: loss key -> name of the reason that took most of it.
    no_reason None: nobody can say. calls: still open at the end. corrected: kind -> how many. suggestions: titles of
    those open on the line. floor: coverage under which figures are not judged. alerts, work None: nobody can say.
    """

    at: int
    components: Components | None
    kpis: Kpis | None
    floor: float
    unit: str = "pcs"
    target: int | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    no_reason: NoReason | None = None
    calls: tuple[Call, ...] = ()
    corrected: Mapping[str, int] = field(default_factory=dict)
    order: OrderHead | None = None
    suggestions: tuple[tuple[str, Said], ...] = ()
    alerts: AlertTally | None = None
    work: WorkTally | None = None


@dataclass(frozen=True, slots=True)
class HandoverBoard:
    """The page. shift None: this line has no shifts planned. shifts: newest first. items: the draft, or as signed.

    facts_at: up to when the sentences know, UTC ms. earlier: signed handovers of the line, newest first.
    """

    line: str
    name: str
    zone: str
    shifts: tuple[ShiftChoice, ...]
    shift: ShiftChoice | None = None
    handover: Handover | None = None
    items: tuple[Item, ...] = ()
    facts_at: int = 0
    is_running: bool = False
    earlier: tuple[Handover, ...] = ()
