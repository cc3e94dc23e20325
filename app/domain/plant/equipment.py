"""The plant model after ISA-95: Enterprise > Site > Area > WorkCenter (line) > WorkUnit (machine), as frozen data."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from app.domain.interval import Interval
from app.domain.plant.commissioning import ALWAYS, NEVER
from app.domain.plant.products import Product, RateBook
from app.domain.plant.reasons import ReasonTree
from app.domain.plant.shifts import ShiftCalendar
from app.domain.plant.signals import Signal

Topology = Literal["serial", "parallel"]


@dataclass(frozen=True, slots=True)
class StateMapping:
    """What a raw state value of this machine means: a state word and, if the value tells, a reason."""

    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """A machine. `path` is `site/area/line/id` and is the name every event and fact uses.

    Thresholds in ms. stale_after_ms None: silence alone never makes time unknown (the plant check warns about it).
    states: raw value -> meaning, consulted before the PackML and short names. warm_up_ms: rejects within this much
    running time after a start or change-over are start-up rejects. counts_from: from when on it is in totals, UTC ms, a
    full hour; ALWAYS, or NEVER while it is in commissioning: measured and shown, outside totals.
    tags: free words from the plant file (`skills`, `cell`, ...), shown only. template: what it is made from, if so.
    """

    id: str
    path: str
    line: str
    name: str
    minor_stop_ms: int = 120_000
    ignore_under_ms: int = 2_000
    minimum_run_ms: int = 0
    grace_ms: int = 60_000
    stale_after_ms: int | None = None
    warm_up_ms: int = 600_000
    states: Mapping[str, StateMapping] = field(default_factory=dict)
    signals: Mapping[str, Signal] = field(default_factory=dict)
    counts_from: int = ALWAYS
    owner: str | None = None
    template: str | None = None

    @property
    def commissioning(self) -> bool:
        """Whether nobody has signed it off yet."""
        return self.counts_from == NEVER

    @property
    def counts_since(self) -> int | None:
        """Since when it is in totals, UTC ms; None: always, or not yet."""
        return None if self.counts_from in (ALWAYS, NEVER) else self.counts_from


@dataclass(frozen=True, slots=True)
class WorkCenter:
    """A line. `constraint` and `counts_at` are machine paths; machines in flow order (serial) or any (parallel cells).

    calendar: the lowest calendar that applies (line, area or site). zone: IANA zone of the site.
    oee_target: fraction; setup_target_ms: standard duration of a change-over by (from product, to product), with
    (None, to), (from, None) and (None, None) as fallbacks. labour: free.
    """

    id: str
    path: str
    name: str
    zone: str
    constraint: str
    counts_at: str
    machines: tuple[WorkUnit, ...]
    calendar: ShiftCalendar
    topology: Topology = "serial"
    oee_target: float | None = None
    setup_target_ms: Mapping[tuple[str | None, str | None], int] = field(default_factory=dict)

    def machine(self, path: str) -> WorkUnit:
        """Return the machine with this path. Raises KeyError."""
        for machine in self.machines:
            if machine.path == path:
                return machine
        raise KeyError(path)

    @property
    def counts_from(self) -> int:
        """From when on the line is in what lies above it, UTC ms: since its first machine counts."""
        return min((machine.counts_from for machine in self.machines), default=ALWAYS)

    @property
    def is_commissioning(self) -> bool:
        """Whether the line as a whole is new: all of its machines are in commissioning."""
        return self.counts_from == NEVER

    @property
    def unsigned(self) -> tuple[WorkUnit, ...]:
        """The machines its figures rest on (constraint, counts_at) that nobody signed off, though the line counts."""
        if self.is_commissioning:
            return ()
        return tuple(m for m in self.machines if m.commissioning and m.path in (self.constraint, self.counts_at))

    def counted(self, window: Interval) -> Interval:
        """Return the part of a window in which the line is in what lies above it; of no length where it is in none.

        A line in commissioning is asked only where there are no others: it counts whole then.
        """
        if self.is_commissioning:
            return window
        return Interval(min(max(window.start, self.counts_from), window.end), window.end)


def in_totals(lines: Iterable[WorkCenter]) -> list[WorkCenter]:
    """Return the lines that count in what lies above them: no new ones, unless there are no others."""
    every = list(lines)
    return [line for line in every if not line.is_commissioning] or every


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a site; its figures are its lines' components added."""

    id: str
    path: str
    name: str
    lines: tuple[WorkCenter, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A plant at one place, in one time zone."""

    id: str
    path: str
    name: str
    zone: str
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A gateway configured in the plant file: which machines it speaks for, and how (gateway-specific options)."""

    id: str
    gateway: str
    machines: tuple[str, ...]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plant:
    """Everything a plant file says. version: hash of the file's content, shown wherever a number is explained.

    rates: ideal cycle times; products by id; reasons: the tree; profile: the KPI profile (`vorne` by default).
    """

    enterprise: str
    sites: tuple[Site, ...]
    products: Mapping[str, Product]
    rates: RateBook
    reasons: ReasonTree
    sources: tuple[Source, ...] = ()
    profile: str = "vorne"
    coverage_floor: float = 0.9
    version: str = ""
    simulation: Mapping[str, object] = field(default_factory=dict)

    def areas(self) -> Iterator[Area]:
        """Every area, in file order."""
        for site in self.sites:
            yield from site.areas

    def lines(self) -> Iterator[WorkCenter]:
        """Every line, in file order."""
        for area in self.areas():
            yield from area.lines

    def line(self, path: str) -> WorkCenter:
        """Return the line `site/area/line`. Raises KeyError with the path."""
        for line in self.lines():
            if line.path == path:
                return line
        raise KeyError(path)

    def called(self, path: str) -> str:
        """Return what people call a line or machine, with what it lies in; the path where the plant has no such."""
        for site in self.sites:
            for area in site.areas:
                for line in area.lines:
                    names = {line.path: ()} | {machine.path: (machine.name,) for machine in line.machines}
                    if path in names:
                        return " \u203a ".join((site.name, area.name, line.name, *names[path]))
        return path

    def resolve(self, name: str) -> tuple[WorkCenter, WorkUnit | None]:
        """Return the line, and the machine unless `name` is a line's path.

        name: full path of a machine or line, or any tail of a path (`line-1/filler`, `filler`) unique in the plant.
        Raises UnknownEquipment (says what is close) or AmbiguousEquipment (says which paths match).
        """
        matches = [
            (line, machine)
            for line in self.lines()
            for machine in (None, *line.machines)
            if _is_tail(name, line.path if machine is None else machine.path)
        ]
        exact = [m for m in matches if name == (m[0].path if m[1] is None else m[1].path)]
        if len(exact) == 1:
            return exact[0]
        if len(matches) == 1:
            return matches[0]
        if not matches:
            known = [line.path for line in self.lines()]
            known += [machine.path for line in self.lines() for machine in line.machines]
            raise UnknownEquipment(name, get_close_matches(name, [*known, *map(_own_id, known)], n=1))
        raise AmbiguousEquipment(name, [line.path if m is None else m.path for line, m in matches])


def _is_tail(name: str, path: str) -> bool:
    return path == name or path.endswith("/" + name)


def _own_id(path: str) -> str:
    return path.rpartition("/")[2]


class UnknownEquipment(LookupError):
    """No line or machine of the plant has this name. args: the name, names that are close (may be missing)."""

    def __str__(self) -> str:
        close = self.args[1] if len(self.args) > 1 else ()
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return f"{str(self.args[0])[:200]!r}: the plant has no such line or machine{hint}"


class AmbiguousEquipment(LookupError):
    """More than one line or machine has this name: use a longer path. args: the name, the paths it may be."""

    def __str__(self) -> str:
        return f"{self.args[0]!r} may be any of {', '.join(self.args[1][:5])}: say which, with a longer path"
