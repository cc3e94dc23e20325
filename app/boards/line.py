"""LineBoard: what the operator's screen shows, as frozen data. The engine makes it; browsers only paint it.

Times are UTC ms, durations ms, ratios fractions (None: not computable, with a word in `why_null`), counts in the
product's resolution. Every field may be addressed by the painter as `data-live="path.in.board"`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ShiftHead:
    """The shift on the screen; `name` None when nothing is scheduled."""

    name: str | None
    date: str | None
    key: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OrderHead:
    """The running order. good: units of it so far; eta: predicted end (None: no rate yet)."""

    order: str
    product: str | None
    product_name: str | None
    quantity: int | None
    good: int
    since: int
    eta: int | None
    due: int | None = None


@dataclass(frozen=True, slots=True)
class StateHead:
    """What a line or machine is doing now. bucket: the nine by key; since: start of the episode; reason: leaf id.

    caused_by: path of the machine that starves or blocks it (None: itself or unknown).
    """

    bucket: str
    said: str | None
    since: int
    reason: str | None = None
    reason_name: str | None = None
    caused_by: str | None = None
    caused_by_name: str | None = None


@dataclass(frozen=True, slots=True)
class Kpis:
    """KPIs of the shift so far (elapsed planned time). why_null: a catalogue key (`no_planned_time`, ...) or None.

    check_standard: performance is above 100 % (never clamped). low/high: OEE interval while time is unknown.
    greyed: coverage under the plant's floor.
    """

    oee: float | None
    oee_low: float | None
    oee_high: float | None
    availability: float | None
    performance: float | None
    quality: float | None
    coverage: float | None
    throughput_per_h: float | None
    why_null: str | None = None
    check_standard: bool = False
    greyed: bool = False
    profile: str = "vorne@1"


@dataclass(frozen=True, slots=True)
class Output:
    """Units of the shift so far against the plan. target: ideal output x line's OEE target for elapsed planned time.

    delta = good - target; projection: good at shift end with its band; target_end: target for the whole shift.
    """

    good: int
    reject: int
    rework: int
    unit: str
    target: int | None
    delta: int | None
    target_end: int | None
    projection: int | None
    projection_low: int | None
    projection_high: int | None


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of the shift. target None: nothing planned; why: the largest loss in the hour."""

    start: int
    end: int
    label: str
    target: int | None
    actual: int
    delta: int | None
    why_bucket: str | None
    why_reason: str | None
    why_ms: int
    now: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the constraint's shift timeline."""

    start: int
    end: int
    bucket: str
    reason: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason offered for a stop."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class StopCard:
    """A stop without a reason (or lately given one, for undo). likely: five reasons, most likely first."""

    id: str
    machine: str
    machine_name: str
    start: int
    end: int | None
    ms: int
    bucket: str
    likely: tuple[ReasonChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class MachineTile:
    """One machine of the strip. silent_ms: since the last sign of life (None: never heard).

    components: its own of the shift so far, as LineBoard carries the line's.
    """

    path: str
    id: str
    name: str
    state: StateHead
    good: int
    reject: int
    rework: int
    kpis: Kpis
    is_constraint: bool
    counts_here: bool
    silent_ms: int | None
    trust: float | None = None
    commissioning: bool = False
    components: dict[str, object] = field(default_factory=dict)
    counts_since: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss of the shift so far; the six big losses, starved, blocked, unknown and good time close on PBT.

    units: what the constraint would have made in that time at the ideal rate (None: no rate).
    """

    key: str
    ms: int
    units: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """An open andon call."""

    call: str
    since: int
    by: str
    accepted_by: str | None = None
    accepted_at: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What of a line's shift so far is in what lies above it, where that is not all: it counts since then (UTC ms)."""

    since: int
    components: dict[str, object]
    lost_ms: int
    unclassified_ms: int


@dataclass(frozen=True, slots=True)
class LineBoard:
    """The whole line screen. `at`: engine time of this snapshot; `fresh`: newest event time heard on the line.

    components: of the shift so far under the line's convention (app.domain.accounting.buckets.Components as a dict:
    buckets_ms list and integers), so that areas add and divide once. trend: OEE of the last 4 h in 5-min steps,
    None where not computable. standing: app.boards.commissioning.standing_of, None: counts whole.
    Law: sum(buckets_ms) == min(at, shift.end) - shift.start (times machines if parallel).
    """

    schema: int
    version: str
    line: str
    name: str
    zone: str
    at: int
    fresh: int | None
    shift: ShiftHead
    order: OrderHead | None
    state: StateHead
    kpis: Kpis
    output: Output
    components: dict[str, object]
    hours: tuple[HourRow, ...] = ()
    timeline: tuple[Band, ...] = ()
    stops: tuple[StopCard, ...] = ()
    machines: tuple[MachineTile, ...] = ()
    losses: tuple[Loss, ...] = ()
    calls: tuple[Call, ...] = ()
    trend: tuple[float | None, ...] = ()
    unclassified_ms: int = 0
    lost_ms: int = 0
    findings: int = 0
    trust: float | None = None
    oee_target: float | None = None
    constraint: str = ""
    convention: str = ""
    best_month: float | None = None
    extra: dict[str, object] = field(default_factory=dict)
    standing: str | None = None
    counted: Counted | None = None
