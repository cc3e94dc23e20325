"""DowntimeBoard: where planned time went, why, on which machine, and the stops themselves."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from app.boards.amendments import Amendments
from app.boards.explain import RawEvents
from app.boards.period import Period
from app.boards.stops import StopRow
from app.domain.accounting.buckets import Bucket
from app.domain.accounting.reliability import Mean
from app.domain.accounting.vague import OtherShare
from app.domain.alerts.kept import Kept
from app.domain.interval import Interval
from app.domain.suggestion import Evidence

Level = Literal["category", "second", "third", "reason", "machine"]
"""Of the reason tree: its first, second and third level, its leaves; and the machine."""
Measure = Literal["time", "count", "units", "cost"]
LEVELS: tuple[Level, ...] = get_args(Level)
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True)
class DowntimeQuestion:
    """What is asked. equipment: site, area, line or machine path; window: UTC ms; period: how the address says it.

    shift, crew, product: only their time (None: all). reason: only stops with this reason, or without one
    (`unclassified`). bar: only the stops of this Pareto bar at `level`. stop: id of the stop that is looked at closely.
    """

    equipment: str
    window: Interval
    shift: str | None = None
    product: str | None = None
    crew: str | None = None
    reason: str | None = None
    period: Period | None = None
    level: Level = "reason"
    measure: Measure = "time"
    bar: str | None = None
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One Pareto bar. key: category, reason or machine; units, cost: None where no rate or value is known.

    before_ms, before_count, before_units, before_cost: in the period of the same length before.
    """

    key: str
    name: str
    bucket: Bucket
    ms: int
    count: int
    units: float | None
    cost: float | None
    before_ms: int
    before_count: int
    before_units: float | None = None
    before_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Reliability:
    """Failures of one machine or reason. mtbf, mttr: None without failures."""

    key: str
    name: str
    failures: int
    mtbf: Mean | None
    mttr: Mean | None


@dataclass(frozen=True, slots=True)
class Answered:
    """How fast one kind of call is answered. calls: all of them; answered: those that were; mtta None: none was."""

    call: str
    calls: int
    answered: int
    mtta: Mean | None


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a crew's unplanned stops nobody explained, ms. key: the crew, or a shift that names none."""

    key: str
    is_crew: bool
    unexplained_ms: int
    stopped_ms: int


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of one machine's timeline. id: of the stop, None for what is no stop."""

    start: int
    end: int
    bucket: Bucket
    reason_name: str | None
    id: str | None


@dataclass(frozen=True, slots=True)
class Track:
    """One machine's timeline in a window."""

    machine: str
    name: str
    bands: tuple[Band, ...]


ActKind = Literal["call", "accept", "clear", "edit", "acknowledge"]


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did. at: UTC ms; about: kind of call, what was corrected, or number of the alert."""

    at: int
    by: str
    what: ActKind
    about: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Units counted, in the product's own unit."""

    good: float
    reject: float
    rework: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What one machine counted in the two minutes before, during the stop, and in the two minutes after.

    after None: the stop lasts, or its end is not looked at.
    """

    machine_name: str
    before: Made
    during: Made
    after: Made | None


@dataclass(frozen=True, slots=True)
class CloseUp:
    """One stop with what happened around it. window: two minutes more either side.

    tracks: the line's machines; values: process values, those of the stopped machine first; alerts: that came or stood;
    acts: what people did; raw: what machines said; told_word: text key of why counts and values are not all.
    """

    stop: StopRow
    window: Interval
    tracks: tuple[Track, ...]
    raw: RawEvents
    acts: tuple[Act, ...]
    counts: tuple[Counts, ...] = ()
    values: tuple[Evidence, ...] = ()
    alerts: tuple[Kept, ...] = ()
    told_word: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen, id -> name; reasons: id -> (name, category); machines: of the one line asked about.

    levels: of the Pareto, the second and third where the reason tree is that deep.
    """

    shifts: dict[str, str]
    products: dict[str, str]
    reasons: dict[str, tuple[str, str]]
    crews: dict[str, str] = field(default_factory=dict)
    machines: dict[str, str] = field(default_factory=dict)
    levels: tuple[Level, ...] = ("category", "reason", "machine")


@dataclass(frozen=True, slots=True)
class DowntimeBoard:
    """The page. losses: ms by loss, adding up to planned busy time; lines: whose time it is.

    stops: those that cost most, of stop_count. calls: by kind, with the time until they are answered. span: what
    tracks show. currency: of cost, None when no product has a value. offered: what may be chosen.
    amendments: what people changed. trust: how far the figures may be relied on, a fraction. other: how much of the
    explained stops says "other"; None when only stops with one reason, or none, are asked for. is_compared: whether
    history knows the whole period before: without it a change to before means nothing.
    told: the time the figures are of: the question's to whole hours, as far as history goes; None as if asked for.
    """

    question: DowntimeQuestion
    name: str
    zone: str
    as_of: int | None
    profile: str
    currency: str | None
    losses: dict[str, int]
    bars: tuple[Bar, ...]
    stops: tuple[StopRow, ...]
    stop_count: int
    by_machine: tuple[Reliability, ...]
    by_reason: tuple[Reliability, ...]
    offenders: tuple[Bar, ...]
    shares: tuple[Share, ...]
    calls: tuple[Answered, ...]
    span: Interval
    tracks: tuple[Track, ...]
    close_up: CloseUp | None
    offered: Offered
    amendments: Amendments
    trust: float | None = None
    told: Interval | None = None
    other: OtherShare | None = None
    is_compared: bool = True
