"""What shift comparison is made of: history cut by shift and product, filtered, and sorted into sets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.boards.shifts import CompareBy, ShiftQuestion
from app.domain.accounting.buckets import ZERO, Components
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.buckets import Cut, Group, Key, Only, by_shift_and_week_hour, by_week_hour, cut, grouped
from app.historian.database import Database
from app.views.kpis import lines_of, places

WEEK_HOURS = 168


@dataclass(frozen=True, slots=True)
class Part:
    """Components of one shift instance; product, line: where the question tells them apart, else None."""

    date: date
    shift: str
    product: str | None
    line: str | None
    components: Components
    told: Interval

    @property
    def instance(self) -> str:
        """The shift instance."""
        return f"{self.date.isoformat()}/{self.shift}"


def parts(db: Database, plant: Plant, asked: ShiftQuestion) -> list[Part]:
    """Return the parts of the window that the question's filters keep, by time; time outside shifts is in none."""
    tells_products = asked.by == "product" or asked.like_for_like
    wanted: dict[Key, bool] = {"shift": True, "product": tells_products, "equipment": asked.by == "line"}
    keys = [key for key, is_wanted in wanted.items() if is_wanted]
    found = []
    for paths, where in together(plant, asked.equipment, asked.window):
        for group in grouped(db, paths, where, keys, Only(asked.shift, asked.product)):
            of = dict(zip(keys, group.key, strict=True))
            if of["shift"] is not None:
                day, _, name = of["shift"].partition("/")
                part = Part(
                    date.fromisoformat(day), name, of.get("product"), of.get("equipment"), group.components, group.told
                )
                found.append(part)
    return sorted(found, key=_by_time)


def parts_and_week(db: Database, plant: Plant, asked: ShiftQuestion) -> tuple[list[Part], list[Components]]:
    """Return the parts, and the components per hour of the week (168, from Monday 00:00) in the plant's time.

    History is read once where the sets are shifts; where products or lines are told apart, that would be too many rows
    to add up here, and it is read twice.
    """
    week = [ZERO] * WEEK_HOURS
    zone, only = lines_of(plant, asked.equipment)[0].zone, Only(asked.shift, asked.product)
    if asked.by in ("line", "product") or asked.like_for_like:
        for paths, where in together(plant, asked.equipment, asked.window):
            for at, components in by_week_hour(db, paths, where, zone, only).items():
                week[at] += components
        return parts(db, plant, asked), week
    found = []
    for paths, where in together(plant, asked.equipment, asked.window):
        shifts, hours = by_shift_and_week_hour(db, paths, where, zone, only)
        for at, components in hours.items():
            week[at] += components
        found += [_part(group) for group in shifts if group.key[0] is not None]
    return sorted(found, key=_by_time), week


def _part(group: Group) -> Part:
    day, _, name = group.key[0].partition("/")
    return Part(date.fromisoformat(day), name, None, None, group.components, group.told)


def _by_time(part: Part) -> tuple[int, str]:
    return part.told.start, part.shift


def together(plant: Plant, equipment: str, window: Interval) -> Iterator[tuple[list[str], Cut]]:
    """Yield the paths to be added up and their window, lines with the same calendar and window at once."""
    held: list[tuple[WorkCenter, Interval, list[str]]] = []
    for line, path, part in places(plant, equipment, window):
        same = next((paths for o, of, paths in held if (o.calendar, of) == (line.calendar, part)), None)
        if same is None:
            held.append((line, part, [path]))
        else:
            same.append(path)
    for line, part, paths in held:
        yield paths, cut(line.calendar, part)


def set_of(part: Part, by: CompareBy, crews: dict[str, str]) -> str:
    """Return the key of the set a part belongs to. crews: shift name -> crew."""
    if by == "shift":
        return part.shift
    if by == "crew":
        return crews.get(part.shift, "")
    if by == "weekday":
        return str(part.date.weekday())
    if by == "week":
        year, week, _ = part.date.isocalendar()
        return f"{year}-W{week:02}"
    return part.line or "" if by == "line" else part.product or ""


def in_order(keys: Iterable[str], by: CompareBy, lines: list[WorkCenter]) -> list[str]:
    """Return the sets' keys as a person expects them: shifts as the day goes, lines as in the plant, others sorted."""
    if by == "shift":
        known = [pattern.name for line in lines for pattern in line.calendar.patterns]
    else:
        known = [line.path for line in lines]
    places = {name: at for at, name in reversed(list(enumerate(known)))}
    return sorted(keys, key=lambda key: (places.get(key, len(places)), key))


def crews_of(lines: list[WorkCenter]) -> dict[str, str]:
    """Return shift name -> crew, of the shifts that have one."""
    return {p.name: p.crew for line in lines for p in line.calendar.patterns if p.crew is not None}


def added(found: Iterable[Part]) -> Components:
    """Return all parts' components added."""
    return sum_of(part.components for part in found)


def sum_of(found: Iterable[Components]) -> Components:
    """Return components added; of one the one itself: two years of shifts are mostly that, and adding zero costs."""
    parts = iter(found)
    return sum(parts, next(parts, ZERO))
