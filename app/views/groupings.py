"""KPI rows cut any way: by any of hour, shift, product, machine and line together; the rows add up to the whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.auth.guard import Invalid
from app.domain.accounting.buckets import Components
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.profiles import Profile
from app.domain.interval import HOUR_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.plant.shifts import ShiftCalendar
from app.historian.buckets import Group, Key, Only, cut, grouped
from app.historian.database import Database
from app.views.kpis import lines_of, machines_of, places, shift_ref

Cutting = Literal["hour", "shift", "product", "machine", "line"]
CUTTINGS: tuple[Cutting, ...] = ("hour", "shift", "product", "machine", "line")
MOST_ROWS = 100_000
_SHORTEST_SHIFT_MS = 4 * HOUR_MS


@dataclass(frozen=True, slots=True)
class _Place:
    """What one row is about: equipment, shift instance, hour, product; None where the question does not tell apart.

    gap: the time between two shifts, where rows are told apart by shift.
    """

    equipment: str
    hour: int | None
    shift: str | None
    product: str | None
    gap: Interval | None = None


@dataclass(slots=True)
class _Sum:
    components: Components
    told: Interval

    def add(self, group: Group, told: Interval) -> None:
        self.components += group.components
        self.told = _joined(self.told, told)


def _joined(a: Interval, b: Interval) -> Interval:
    return Interval(min(a.start, b.start), max(a.end, b.end))


def grouped_rows(
    db: Database, plant: Plant, asked: tuple[str, Interval], by: Sequence[Cutting], profile: Profile
) -> list[KpiRow]:
    """Return the rows of a machine, line, area or site, by time, then equipment; none where history is silent.

    asked: (equipment path, window); an end that is neither an hour nor a shift border moves out to its hour, and a
    row's from and to say what it really speaks about. by: (): one row. Without machine or line the equipment's lines
    are added up. Time outside every shift has shift None, a row for each time between two. Raises Invalid for more than
    100 000 rows.
    """
    equipment, window = asked
    _check_size(plant, equipment, window, by)
    found: dict[_Place, _Sum] = {}
    for calendar, part, paths in _paths(plant, equipment, window, by):
        for place, group in _placed(db, paths, calendar, (equipment, part), by):
            told = _clipped(calendar, place, group.told)
            if place in found:
                found[place].add(group, told)
            else:
                found[place] = _Sum(group.components, told)
    if "product" in by:
        _speak_about_the_same_time(found)
    rows = [_row(place, whole, profile) for place, whole in found.items()]
    return sorted(rows, key=lambda row: (row.from_, row.equipment, row.product or ""))


def _speak_about_the_same_time(found: dict[_Place, _Sum]) -> None:
    """Let rows that differ in their product only name one time, as those of `report` do: products share an hour."""
    spans: dict[_Place, Interval] = {}
    for place, whole in found.items():
        alike = replace(place, product=None)
        spans[alike] = _joined(spans.get(alike, whole.told), whole.told)
    for place, whole in found.items():
        whole.told = spans[replace(place, product=None)]


def _check_size(plant: Plant, equipment: str, window: Interval, by: Sequence[Cutting]) -> None:
    spans = {"hour": HOUR_MS, "shift": _SHORTEST_SHIFT_MS}
    times = max((window.length // ms + 2 for key, ms in spans.items() if key in by), default=1)
    places = len(machines_of(plant, equipment)) if "machine" in by else len(lines_of(plant, equipment))
    products = len(plant.products) + 1 if "product" in by and "hour" not in by else 1
    if times * (places if _is_apart(by) else 1) * products > MOST_ROWS:
        raise Invalid(f"by={','.join(by)}: that may be more than {MOST_ROWS} rows; ask for a shorter window or less")


def _paths(
    plant: Plant, equipment: str, window: Interval, by: Sequence[Cutting]
) -> Iterator[tuple[ShiftCalendar, Interval, list[str]]]:
    """Yield the paths whose cells are asked for (lines, or machines), those of the same calendar and part together."""
    held: list[tuple[ShiftCalendar, Interval, list[str]]] = []
    for line, part, paths in _wanted(plant, equipment, window, by):
        same = next((known for calendar, of, known in held if (calendar, of) == (line.calendar, part)), None)
        if same is None:
            held.append((line.calendar, part, paths))
        else:
            same += paths
    yield from held


def _wanted(
    plant: Plant, equipment: str, window: Interval, by: Sequence[Cutting]
) -> Iterator[tuple[WorkCenter, Interval, list[str]]]:
    """Yield what is added up, or, where places are told apart, each place whole."""
    if not _is_apart(by):
        yield from ((line, part, [path]) for line, path, part in places(plant, equipment, window))
        return
    for line in lines_of(plant, equipment):
        own = [machine.path for machine in line.machines] if "machine" in by else [line.path]
        yield line, window, [equipment] if equipment.startswith(line.path + "/") else own


def _is_apart(by: Sequence[Cutting]) -> bool:
    return "machine" in by or "line" in by


def _keys(by: Sequence[Cutting]) -> list[Key]:
    columns: list[Key] = [key for key in ("hour", "shift", "product") if key in by]
    return ["equipment", *columns] if _is_apart(by) else columns


def _place(equipment: str, by: Sequence[Cutting], group: Group) -> _Place:
    of = dict(zip(_keys(by), group.key, strict=True))
    return _Place(of.get("equipment", equipment), of.get("hour"), of.get("shift"), of.get("product"))


def _placed(
    db: Database, paths: Sequence[str], calendar: ShiftCalendar, asked: tuple[str, Interval], by: Sequence[Cutting]
) -> Iterator[tuple[_Place, Group]]:
    """Yield what each row adds up. Time outside shifts is read by hour, where it must be told which gap it is in."""
    equipment, window = asked
    where, keys = cut(calendar, window), _keys(by)
    is_outside = False
    for group in grouped(db, paths, where, keys):
        place = _place(equipment, by, group)
        if "shift" in by and "hour" not in by and place.shift is None:
            is_outside = True
        else:
            yield place, group
    if is_outside:
        gaps = _gaps(calendar, where.window)
        for group in grouped(db, paths, where, [*keys, "hour"], Only(outside=True)):
            place = _place(equipment, by, Group(group.key[:-1], group.components, group.told))
            hour = Interval(int(group.key[-1]), int(group.key[-1]) + HOUR_MS)
            yield replace(place, gap=next((gap for gap in gaps if gap.clip(hour).length > 0), None)), group


def _gaps(calendar: ShiftCalendar, window: Interval) -> list[Interval]:
    """Return the times between shifts; of two within one hour, that hour's cells go to the first."""
    shifts = calendar.instances(window)
    ends = [window.start, *(shift.end for shift in shifts)]
    starts = [*(shift.start for shift in shifts), window.end]
    return [Interval(end, start) for end, start in zip(ends, starts, strict=True) if start > end]


def _clipped(calendar: ShiftCalendar, place: _Place, told: Interval) -> Interval:
    """Return the told time cut to the row's hour and shift: cells at a shift's border share their hour with others."""
    if place.gap is not None:
        return told.clip(place.gap)
    if place.hour is not None:
        told = told.clip(Interval(place.hour, place.hour + HOUR_MS))
    shift = next((s for s in calendar.instances(told) if s.key == place.shift), None)
    return told if shift is None else told.clip(Interval(shift.start, shift.end))


def _row(place: _Place, whole: _Sum, profile: Profile) -> KpiRow:
    shift = shift_ref(place.shift) if place.shift is not None else None
    return kpi_row(place.equipment, whole.told, shift, place.product, whole.components, profile)
