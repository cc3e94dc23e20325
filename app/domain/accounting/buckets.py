"""The nine buckets and the integer components that add (DOMAIN sections 1 and 2)."""

from dataclasses import dataclass, field
from enum import IntEnum


class Bucket(IntEnum):
    """Where a millisecond of a machine's calendar time went; every one goes to exactly one."""

    UNSCHEDULED = 0
    PLANNED_STOP = 1
    SETUP = 2
    UNPLANNED_STOP = 3
    STARVED = 4
    BLOCKED = 5
    MINOR_STOP = 6
    RUNNING = 7
    UNKNOWN = 8

    @property
    def key(self) -> str:
        """The bucket's name on the wire: `unplanned_stop`."""
        return self.name.lower()


BUCKETS = tuple(Bucket)
IN_PBT = (
    Bucket.SETUP,
    Bucket.UNPLANNED_STOP,
    Bucket.STARVED,
    Bucket.BLOCKED,
    Bucket.MINOR_STOP,
    Bucket.RUNNING,
    Bucket.UNKNOWN,
)
NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Components:
    """Everything a KPI derives from, as integers that add: hours to shifts, machines to lines, lines to plants.

    buckets_ms: nine durations in ms, indexed by Bucket. good, reject, rework: units of the product's resolution
    (first pass: produced = good + reject + rework). ideal_ns / ideal_good_ns: ideal time of produced / of good units in
    nanoseconds, so that rates like 7000/h stay exact enough to add a year of them; shown as ms, rounded once.
    startup_reject, startup_reject_ns: the part of the rejects made within the warm-up of a run.
    failures: stops that were failures (reason with `failure: true`), counted where they began; repair_ms: their
    duration; setup_standard_ms: the standard part of setup time (target per change-over), never more than setup.
    doubtful_ms: known planned busy time in which a signal the figures derive from broke a rule (DOMAIN section 8).
    unknown_units: units made in unknown time: in good, reject and rework, not in ideal time or throughput, which leave
    unknown out on both sides (DOMAIN section 2).
    """

    buckets_ms: tuple[int, ...] = (0,) * 9
    good: int = 0
    reject: int = 0
    rework: int = 0
    ideal_ns: int = 0
    ideal_good_ns: int = 0
    startup_reject: int = 0
    startup_reject_ns: int = 0
    failures: int = 0
    repair_ms: int = 0
    setup_standard_ms: int = 0
    doubtful_ms: int = 0
    unknown_units: int = 0

    def __add__(self, other: "Components") -> "Components":
        return Components(
            tuple(map(int.__add__, self.buckets_ms, other.buckets_ms)),
            self.good + other.good,
            self.reject + other.reject,
            self.rework + other.rework,
            self.ideal_ns + other.ideal_ns,
            self.ideal_good_ns + other.ideal_good_ns,
            self.startup_reject + other.startup_reject,
            self.startup_reject_ns + other.startup_reject_ns,
            self.failures + other.failures,
            self.repair_ms + other.repair_ms,
            self.setup_standard_ms + other.setup_standard_ms,
            self.doubtful_ms + other.doubtful_ms,
            self.unknown_units + other.unknown_units,
        )

    @property
    def calendar_ms(self) -> int:
        """All time in the window, ms."""
        return sum(self.buckets_ms)

    @property
    def pbt_ms(self) -> int:
        """Planned busy time (ISO 22400-2 PBT), ms: every bucket but unscheduled and planned_stop."""
        return sum(self.buckets_ms[2:])

    @property
    def apt_ms(self) -> int:
        """Actual production time (ISO 22400-2 APT), ms: running + minor_stop."""
        return self.buckets_ms[Bucket.RUNNING] + self.buckets_ms[Bucket.MINOR_STOP]

    @property
    def produced(self) -> int:
        """Units made: good + reject + rework."""
        return self.good + self.reject + self.rework

    @property
    def known_units(self) -> int:
        """Units made in known time: what ideal time and throughput are about."""
        return self.produced - self.unknown_units


ZERO = Components()


@dataclass(frozen=True, slots=True)
class CellKey:
    """What one cell of the hourly account is about; cells are the grain of history."""

    machine: str
    hour: int
    shift: str | None
    product: str | None
    order: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Components of one machine in one UTC hour, shift instance, product and order."""

    key: CellKey
    components: Components


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of one machine's time in one bucket for one reason: [start, end); end None while it lasts.

    id: `machine-path@start`, deterministic. said: what the machine said (state word); reason: leaf id or None
    (unclassified); attested_by: the person who classified it, if anyone; caused_by: machine path that starves or
    blocks it (or the machine itself); provisional: still open or younger than the grace.
    """

    machine: str
    start: int
    end: int | None
    bucket: Bucket
    said: str | None = None
    reason: str | None = None
    attested_by: str | None = None
    note: str | None = None
    caused_by: str | None = None
    order: str | None = None
    product: str | None = None
    shift: str | None = None
    version: int = 0
    edits: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """Deterministic identity: the same history gives the same id."""
        return f"{self.machine}@{self.start}"
