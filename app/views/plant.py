"""Sites, areas and lines side by side: where time is lost, and what a point of OEE would bring there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.boards.commissioning import standing_of
from app.boards.plant import Level, PlantBoard, PlantRow
from app.domain.accounting.buckets import ZERO, Components
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import Profile
from app.domain.accounting.worth import worth_of_a_point
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkCenter, in_totals
from app.historian.buckets import Group, cut, grouped
from app.historian.database import Database

ByProduct = Mapping[str | None, Components]


def plant_board(
    db: Database, plant: Plant, window: Interval, profile: Profile, may_see: Callable[[str], bool]
) -> PlantBoard:
    """Return the board of a window. may_see: whether this person may see a line; what they may not is in no sum."""
    lines = [line for line in plant.lines() if may_see(line.path)]
    found = {line.path: _measured(db, line, window) for line in lines}
    rows: list[PlantRow] = []
    for site in plant.sites:
        inside = [line for line in lines if line.path.startswith(site.path + "/")]
        rows += _place(plant, "site", (site.path, site.name), inside, found, profile)
        for area in site.areas:
            here = [line for line in inside if line.path.startswith(area.path + "/")]
            rows += _place(plant, "area", (area.path, area.name), here, found, profile)
            for line in here:
                rows += _place(plant, "line", (line.path, line.name), [line], found, profile)
    if len({row.path for row in rows if row.level == "site"}) > 1:
        rows = [*_place(plant, "enterprise", ("", plant.enterprise), lines, found, profile), *rows]
    told = [group.told.end for measured in found.values() for group in measured.whole]
    zone = lines[0].zone if lines else "UTC"
    return PlantBoard(*window, zone, max(told, default=None), profile.key, tuple(rows), plant.coverage_floor)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A line's components by product: all that was measured, and what of it counts in what lies above it."""

    whole: list[Group]
    counted: list[Group]


def _measured(db: Database, line: WorkCenter, window: Interval) -> _Measured:
    whole, part = _groups(db, line, window), line.counted(window)
    if part == window:
        return _Measured(whole, whole)
    return _Measured(whole, _groups(db, line, part) if part.length else [])


def _groups(db: Database, line: WorkCenter, window: Interval) -> list[Group]:
    return grouped(db, [line.path], cut(line.calendar, window), ("product",))


def _place(
    plant: Plant,
    level: Level,
    place: tuple[str, str],
    lines: Iterable[WorkCenter],
    found: Mapping[str, _Measured],
    profile: Profile,
) -> list[PlantRow]:
    """Return the place's row; none for a place of which nothing is known."""
    members = in_totals(lines)
    of_line = level == "line"
    groups = [g for line in members for g in (found[line.path].whole if of_line else found[line.path].counted)]
    if not groups:
        return []
    told = Interval(min(g.told.start for g in groups), max(g.told.end for g in groups))
    by_product = _added(groups)
    whole = sum(by_product.values(), ZERO)
    lost = {key: ms for key, ms in losses(whole).in_ms()._asdict().items() if key != "good"}
    worst = max(lost, key=lambda key: lost[key])
    path, name = place
    return [
        PlantRow(
            level=level,
            path=path,
            name=name,
            row=kpi_row(path, told, None, None, whole, profile),
            lost_ms=sum(lost.values()),
            main_loss=worst if lost[worst] > 0 else None,
            main_loss_ms=lost[worst],
            worth=worth_of_a_point(by_product, plant.products, profile),
            target=members[0].oee_target if of_line else None,
            standing=(standing := standing_of(members[0], told.start) if of_line else None),
            counts_since=members[0].counts_from if standing == "since" else None,
        )
    ]


def _added(groups: Iterable[Group]) -> ByProduct:
    sums: dict[str | None, Components] = {}
    for group in groups:
        sums[group.key[0]] = sums.get(group.key[0], ZERO) + group.components
    return sums
