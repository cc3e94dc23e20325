"""Reads components for any window, summed in SQL."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Engine, Select, and_, cast, func, not_, or_, select

from app.domain.accounting.buckets import Components
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.domain.plant.shifts import ShiftCalendar
from app.historian import schema

By = Literal["total", "hour", "shift", "product"]
Key = Literal["equipment", "hour", "shift", "product"]
_COLUMN: dict[Key, str] = {"equipment": "equipment", "hour": "hour", "shift": "shift_key", "product": "product"}
_SUMS = len(schema.SUMMED_COLUMNS)
_NAME_AT = len("2026-11-23/") + 1
_WEEK_HOURS, _THURSDAY = 168, 72
"""1970 began on a Thursday: 72 hours after Monday."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A window that cells can answer exactly. first, last: hours of which only some shifts' cells belong to it."""

    window: Interval
    parts: tuple[tuple[int, frozenset[str | None]], ...] = ()


@dataclass(frozen=True, slots=True)
class Only:
    """Which cells count: those of shifts of this name, those of this product; None: all. outside: those of no shift."""

    shift: str | None = None
    product: str | None = None
    outside: bool = False


EVERYTHING = Only()


@dataclass(frozen=True, slots=True)
class Sum:
    """Components of one key. key: hour, shift key or product; told: the time the rows speak about."""

    key: int | str | None
    components: Components
    told: Interval


@dataclass(frozen=True, slots=True)
class Group:
    """Components of one combination of keys, in the order they were asked for; told: the time the rows speak about."""

    key: tuple[Any, ...]
    components: Components
    told: Interval


def cut(calendar: ShiftCalendar, window: Interval) -> Cut:
    """Return the smallest window around `window` that hour cells, which are cut at shift borders, answer exactly.

    An end on an hour or on a shift border stays; another one moves out to its hour.
    """
    start, end = window
    parts: list[tuple[int, frozenset[str | None]]] = []
    hour = floor_hour(start)
    if start > hour:
        inside = _shifts(calendar, Interval(start, hour + HOUR_MS))
        if inside & _shifts(calendar, Interval(hour, start)):
            start = hour
        else:
            parts.append((hour, inside))
    hour = floor_hour(end)
    if end > hour:
        inside = _shifts(calendar, Interval(hour, end))
        if inside & _shifts(calendar, Interval(end, hour + HOUR_MS)):
            end = hour + HOUR_MS
        else:
            parts.append((hour, inside))
    return Cut(Interval(start, end), tuple(parts))


def _shifts(calendar: ShiftCalendar, window: Interval) -> frozenset[str | None]:
    shifts = calendar.instances(window)
    covered = sum(Interval(s.start, s.end).clip(window).length for s in shifts)
    keys: set[str | None] = {s.key for s in shifts}
    return frozenset(keys if covered == window.length else keys | {None})


def components_by(engine: Engine, equipment: str, where: Cut, by: By) -> list[Sum]:
    """Return the components of a machine or line per key, by key; nothing where nothing was told."""
    found = grouped(engine, [equipment], where, () if by == "total" else (by,))
    return [Sum(group.key[0] if group.key else None, group.components, group.told) for group in found]


def grouped(
    engine: Engine, equipment: Sequence[str], where: Cut, keys: Sequence[Key], only: Only = EVERYTHING
) -> list[Group]:
    """Return the components of lines or machines, added in SQL per combination of keys, by the first hour of each.

    equipment: paths that share the calendar behind `where`. Nothing where nothing was told.
    """
    return _added(engine, equipment, where, [schema.buckets.c[_COLUMN[key]] for key in keys], only)


def by_week_hour(
    engine: Engine, equipment: Sequence[str], where: Cut, zone: str, only: Only = EVERYTHING
) -> dict[int, Components]:
    """Return the components per hour of the week in local time: 0 is Monday from 00:00, 167 Sunday from 23:00."""
    rows = _hours(engine, equipment, where, (), only)
    return _week(rows, _sums(rows), zone, where.window) if rows else {}


def by_shift_and_week_hour(
    engine: Engine, equipment: Sequence[str], where: Cut, zone: str, only: Only = EVERYTHING
) -> tuple[list[Group], dict[int, Components]]:
    """Return the components per shift key, and per hour of the week in local time: both answers in one reading.

    A shift's hour has one row here, so that all its sums fit into 64 bits and are added as arrays: two years have
    thousands of such rows, and making components of each would take longer than reading them.
    """
    rows = _hours(engine, equipment, where, (schema.buckets.c.shift_key,), only)
    if not rows:
        return [], {}
    sums = _sums(rows)
    shifts = [
        _group((*_column_sums(sums[places], _SUMS), *_reach(sums[places]), key), where.window)
        for key, places in _places(row[-2] for row in rows)
    ]
    return shifts, _week(rows, sums, zone, where.window)


def _hours(
    engine: Engine, equipment: Sequence[str], where: Cut, columns: Sequence[ColumnElement[Any]], only: Only
) -> list[tuple[Any, ...]]:
    """Return sums and reach per `columns` and hour, both after them.

    Which hour of the week it is, is worked out here: of plain columns PostgreSQL knows how many combinations there are
    (the statistics `buckets_of_shift_hours`), and adds them while it reads; of an expression it does not, and sorts.
    """
    query = _query(equipment, where, (*columns, schema.buckets.c.hour), only, lambda n: cast(func.sum(n), BigInteger))
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def _sums(rows: Sequence[tuple[Any, ...]]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.array([row[: _SUMS + 3] for row in rows], dtype=np.int64)


def _week(
    rows: Sequence[tuple[Any, ...]], sums: "np.ndarray[Any, np.dtype[np.int64]]", zone: str, window: Interval
) -> dict[int, Components]:
    local = _offsets(ZoneInfo(zone), window)
    hours = (_hour_of_week(row[-1], local) for row in rows)
    return {at: _components(_column_sums(sums[places], _SUMS)) for at, places in _places(hours)}


def _hour_of_week(hour: int, offsets: Sequence[tuple[int, int]]) -> int:
    """Return the hour of the week in local time that an hour (UTC ms) is."""
    offset = next(ahead for since, ahead in reversed(offsets) if since <= hour)
    return ((hour + offset) // HOUR_MS + _THURSDAY) % _WEEK_HOURS


def _places(keys: Iterable[Any]) -> Iterator[tuple[Any, list[int]]]:
    """Yield each key with the rows that have it, in the order in which keys first appear."""
    found: dict[Any, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    yield from found.items()


def _column_sums(rows: "np.ndarray[Any, np.dtype[np.int64]]", columns: int) -> list[int]:
    return [int(n) for n in rows[:, :columns].sum(axis=0)]


def _reach(rows: "np.ndarray[Any, np.dtype[np.int64]]") -> tuple[int, int, int]:
    first, last, as_of = rows[:, _SUMS], rows[:, _SUMS + 1], rows[:, _SUMS + 2]
    return int(first.min()), int(last.max()), int(as_of.max())


def _offsets(zone: ZoneInfo, window: Interval) -> list[tuple[int, int]]:
    """Return since when (UTC ms, a full hour) the zone is how far ahead of UTC (ms), over the window."""
    found = [(floor_hour(window.start), _offset(zone, window.start))]
    for day in range(found[0][0], window.end, DAY_MS):
        if _offset(zone, day + DAY_MS) != found[-1][1]:
            for hour in range(day, day + DAY_MS + 1, HOUR_MS):
                if (offset := _offset(zone, hour)) != found[-1][1]:
                    found.append((hour, offset))
    return found


def _offset(zone: ZoneInfo, t: int) -> int:
    ahead = datetime.fromtimestamp(t / 1000, UTC).astimezone(zone).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds()) * 1000


def _added(
    engine: Engine, equipment: Sequence[str], where: Cut, columns: Sequence[ColumnElement[Any]], only: Only
) -> list[Group]:
    query = _query(equipment, where, columns, only, _sum)
    with engine.connect() as connection:
        return [_group(tuple(row), where.window) for row in connection.execute(query) if row[0] is not None]


def _query(
    equipment: Sequence[str],
    where: Cut,
    columns: Sequence[ColumnElement[Any]],
    only: Only,
    add: Callable[[ColumnElement[int]], ColumnElement[Any]],
) -> Select[Any]:
    c = schema.buckets.c
    sums = [add(c[name]) for name in schema.SUMMED_COLUMNS]
    reach = [func.min(c.hour), func.max(c.hour), func.max(c.as_of)]
    named = c.equipment == equipment[0] if len(equipment) == 1 else c.equipment.in_(equipment)
    query = select(*sums, *reach, *columns).where(named, *_inside(where), *_kept(only))
    return query.group_by(*columns).order_by(func.min(c.hour), *columns) if columns else query


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """Add; PostgreSQL's sums are decimals, dear to read, and only nanoseconds may need more than 64 bits."""
    added = func.sum(column)
    return added if column.key is not None and column.key.endswith("_ns") else cast(added, BigInteger)


def _kept(only: Only) -> list[ColumnElement[bool]]:
    """A shift's key is its date, a slash and its name."""
    c = schema.buckets.c
    conditions = [] if only.product is None else [c.product == only.product]
    conditions += [c.shift_key.is_(None)] if only.outside else []
    return conditions if only.shift is None else [*conditions, func.substr(c.shift_key, _NAME_AT) == only.shift]


def _inside(where: Cut) -> list[ColumnElement[bool]]:
    c = schema.buckets.c
    conditions = [c.hour >= floor_hour(where.window.start), c.hour < where.window.end]
    for hour, shifts in where.parts:
        named = [shift for shift in shifts if shift is not None]
        is_named = and_(c.shift_key.is_not(None), c.shift_key.in_(named))
        kept = or_(is_named, c.shift_key.is_(None)) if None in shifts else is_named
        conditions.append(not_(and_(c.hour == hour, not_(kept))))
    return conditions


def _group(row: tuple[Any, ...], window: Interval) -> Group:
    (first, last, as_of), key = row[_SUMS : _SUMS + 3], row[_SUMS + 3 :]
    told = Interval(first, min(last + HOUR_MS, as_of)).clip(window)
    return Group(tuple(key), _components(row[:_SUMS]), told)


def _components(sums: Sequence[Any]) -> Components:
    return Components(tuple(map(int, sums[:9])), *map(int, sums[9:]))
