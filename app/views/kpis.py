"""KPI rows from history: components summed in SQL, divided once by the same functions as live."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.accounting.buckets import ZERO, Components
from app.domain.accounting.kpi_row import ShiftRef
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter, in_totals
from app.historian.buckets import By, Cut, Sum, components_by, cut
from app.historian.database import Database

Key = int | str | None


@dataclass(slots=True)
class _Group:
    """What one row adds up: components and the time they speak about."""

    components: Components
    told: Interval

    def add(self, other: Sum) -> None:
        self.components += other.components
        self.told = Interval(min(self.told.start, other.told.start), max(self.told.end, other.told.end))


def lines_of(plant: Plant, equipment: str) -> list[WorkCenter]:
    """Return the lines under a site or area, or the one a line's or machine's path belongs to; [] if unknown."""
    return [
        line
        for line in plant.lines()
        if equipment in (line.path, *(m.path for m in line.machines)) or line.path.startswith(equipment + "/")
    ]


def machines_of(plant: Plant, equipment: str) -> list[str]:
    """Return the paths of the machines at or under `equipment`, in the plant file's order."""
    paths = (machine.path for line in plant.lines() for machine in line.machines)
    return [path for path in paths if path == equipment or path.startswith(equipment + "/")]


def sums(db: Database, plant: Plant, equipment: str, window: Interval, by: By) -> list[tuple[Key, "_Group"]]:
    """Return components per key over all lines of the equipment; areas and sites add their lines' components."""
    groups: dict[Key, _Group] = {}
    for path, where in _asked(plant, equipment, window):
        for found in components_by(db, path, where, by):
            groups.setdefault(found.key, _Group(ZERO, found.told)).add(found)
    if by == "hour":
        return [(hour, _clipped(group, int(hour or 0))) for hour, group in sorted(groups.items(), key=_start)]
    if by == "shift":
        return sorted(_at_shift_borders(plant, equipment, groups), key=_start)
    return sorted(groups.items(), key=_start)


def _asked(plant: Plant, equipment: str, window: Interval) -> Iterable[tuple[str, Cut]]:
    for line, path, part in places(plant, equipment, window):
        yield path, cut(line.calendar, part)


def places(plant: Plant, equipment: str, window: Interval) -> Iterator[tuple[WorkCenter, str, Interval]]:
    """Yield what adds up to `equipment`: the line, whose path to read (a line's, or the machine's), the part it counts.

    A line or machine is itself, whole; above them a line enters from when on it counts (DOMAIN section 8).
    """
    for line in in_totals(lines_of(plant, equipment)):
        is_above = line.path.startswith(equipment + "/")
        part = line.counted(window) if is_above else window
        if part.length:
            yield line, line.path if is_above else equipment, part


def _start(item: tuple[Key, _Group]) -> tuple[int, str]:
    return item[1].told.start, str(item[0])


def _clipped(group: _Group, hour: int) -> _Group:
    return _Group(group.components, group.told.clip(Interval(hour, hour + HOUR_MS)))


def _at_shift_borders(plant: Plant, equipment: str, groups: dict[Key, _Group]) -> Iterable[tuple[Key, _Group]]:
    """Yield the groups with their time cut to the shift: hours at its borders are shared with its neighbours."""
    calendars = [line.calendar for line in lines_of(plant, equipment)]
    for key, group in groups.items():
        shifts = {s for calendar in calendars for s in calendar.instances(group.told) if s.key == key}
        if shifts:
            span = Interval(min(s.start for s in shifts), max(s.end for s in shifts))
            yield key, _Group(group.components, group.told.clip(span))
        else:
            yield key, group


def shift_ref(key: str) -> ShiftRef:
    """Return the shift behind a key such as `2026-11-23/early`.

    >>> shift_ref("2026-11-23/early").name
    'early'
    """
    day, _, name = key.partition("/")
    return ShiftRef(name, date.fromisoformat(day).isoformat())


@dataclass(frozen=True, slots=True)
class ShiftSum:
    """One shift instance: its components and the time they speak about."""

    ref: ShiftRef
    components: Components
    told: Interval


def shift_sums(db: Database, plant: Plant, equipment: str, window: Interval) -> list[ShiftSum]:
    """Return the shift instances of window in time order, without the time outside shifts."""
    found = sums(db, plant, equipment, window, "shift")
    return [ShiftSum(shift_ref(key), g.components, g.told) for key, g in found if isinstance(key, str)]


def name_of(plant: Plant, equipment: str) -> str:
    """Return what people call a site, area, line or machine; its path if it has no name."""
    names = {site.path: site.name for site in plant.sites} | {area.path: area.name for area in plant.areas()}
    for line in plant.lines():
        names |= {line.path: line.name} | {machine.path: machine.name for machine in line.machines}
    return names.get(equipment, equipment)
