"""Explanation: any number opened - formula with figures, buckets, episodes, events, rates, versions, edits."""

from dataclasses import dataclass

from app.boards.stops import StopRow
from app.domain.accounting.buckets import Components, Episode
from app.domain.accounting.facts import CallFact
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.reliability import Mean
from app.domain.interval import Interval


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One line's (or machine's) share of the question. path: the line, or the machine asked about.

    window: the time asked about, which differs from line to line where their shifts do. live: the components of that
    window as the live board shows them; None: history is asked.
    """

    path: str
    window: Interval
    live: Components | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Which time and which stops a figure is of, as its page's filters say; None: all.

    shift: only shifts of this name; in_shifts: only time in a shift, of whatever name; reason: only stops with this
    reason, or without one (`unclassified`); of `mtta_ms`, only calls of this kind.
    """

    shift: str | None = None
    in_shifts: bool = False
    product: str | None = None
    crew: str | None = None
    reason: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether more is asked than a shift's name."""
        return self.in_shifts or any((self.product, self.crew, self.reason))


EVERYTHING = Kept()


@dataclass(frozen=True, slots=True)
class Asked:
    """A number to open. kpi: key; equipment: site, area, line or machine path; kept: what of it counts."""

    kpi: str
    equipment: str
    parts: tuple[AskedPart, ...]
    kept: Kept = EVERYTHING


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of the formula. kind: ms | count | ratio; bucket: its key where it is a bucket."""

    key: str
    value: float | None
    kind: str
    bucket: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one line brings into an area's or site's figure: its own window, the same KPI of it alone, what it lost."""

    path: str
    name: str
    window: Interval
    value: float | None
    lost_ms: int = 0


@dataclass(frozen=True, slots=True)
class RateUsed:
    """An ideal cycle time that entered the figure, and where it came from."""

    machine: str
    product: str | None
    cycle_ms: float
    basis: str
    units: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's correction inside the window. at: when it was made, UTC ms; note: why.

    equipment: what it is about; kind: classify | correct | order; begins: the start of the time it is about, UTC ms.
    original: what was there before it, the correction it replaced or what the machine said; None: nothing was said.
    """

    at: int
    by: str
    what: str
    note: str | None
    equipment: str = ""
    begins: int | None = None
    original: str | None = None
    kind: str = "classify"


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event of the stream as it was said. id: its entry on the stream; text: kind and fields; source: who said."""

    id: str
    t: int
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class RawEvents:
    """The newest events of a window, newest first. word: text key of why there are none, or not all (None: all)."""

    events: tuple[RawEvent, ...]
    word: str | None = None


@dataclass(frozen=True, slots=True)
class RawCount:
    """Units a machine counted at `t` (UTC ms), in the product's resolution."""

    machine: str
    t: int
    good: int
    reject: int
    rework: int


@dataclass(frozen=True, slots=True)
class RawValue:
    """What a signal was at `t` (UTC ms), in its unit."""

    machine: str
    signal: str
    t: int
    value: float


@dataclass(frozen=True, slots=True)
class Told:
    """What was counted and measured in a window, by time. word: text key of why it is not all (None: all)."""

    counts: tuple[RawCount, ...] = ()
    values: tuple[RawValue, ...] = ()
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A data-quality finding inside the window. rule: its key (text `rule.*`); signal: whose, None: the machine's.

    begins: UTC ms; detail: what was seen, in words; owner: who answers for it, None: nobody is named.
    """

    rule: str
    signal: str | None
    equipment: str
    begins: int
    detail: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a figure may be relied on: of pbt_ms planned, unknown_ms unknown and doubtful_ms against the rules.

    value: a fraction, None without planned time; doubts: the newest findings behind it, newest first.
    """

    value: float | None
    pbt_ms: int
    unknown_ms: int
    doubtful_ms: int
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The panel of rule 4. kpi: key (`oee`, `availability`, ...); formula: text key.

    by_profile: the figure under each convention, `profile` is the one shown. as_of: up to when the figure speaks, UTC
    ms; history_to: up to when history (episodes, rates, edits) has been told, None: nothing of the window. shares: of
    an area or site, each line's. raw: the events; machines: names by path. mean: the figure with how far to believe it.
    stops: those it is counted from, the longest first, instead of all episodes; calls: those it is the mean of.
    """

    kpi: str
    equipment: str
    name: str
    zone: str
    row: KpiRow
    formula: str
    terms: tuple[Term, ...]
    by_profile: tuple[tuple[str, float | None], ...]
    episodes: tuple[Episode, ...]
    rates: tuple[RateUsed, ...]
    edits: tuple[Edit, ...]
    raw: RawEvents
    trust: Trust
    plant_version: str
    profile: str
    as_of: int | None
    more_episodes: int = 0
    history_to: int | None = None
    shares: tuple[Share, ...] = ()
    is_live: bool = False
    kept: Kept = EVERYTHING
    value: float | None = None
    mean: Mean | None = None
    stops: tuple[StopRow, ...] = ()
    stop_count: int = 0
    calls: tuple[CallFact, ...] = ()
