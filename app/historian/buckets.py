"""Reads components for any window, summed in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Engine, and_, func, not_, or_, select

from app.domain.accounting.buckets import Components
from app.domain.interval import HOUR_MS, Interval, floor_hour
from app.domain.plant.shifts import ShiftCalendar
from app.historian import schema

By = Literal["total", "hour", "shift", "product"]
_COLUMN = {"hour": "hour", "shift": "shift_key", "product": "product"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A window that cells can answer exactly. first, last: hours of which only some shifts' cells belong to it."""

    window: Interval
    parts: tuple[tuple[int, frozenset[str | None]], ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """Components of one key. key: hour, shift key or product; told: the time the rows speak about."""

    key: int | str | None
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
    c = schema.buckets.c
    key = c[_COLUMN[by]] if by in _COLUMN else None
    sums = [func.sum(c[name]) for name in schema.SUMMED_COLUMNS]
    reach = [func.min(c.hour), func.max(c.hour), func.max(c.as_of)]
    query = select(*sums, *reach, *([] if key is None else [key])).where(c.equipment == equipment, *_inside(where))
    if key is not None:
        query = query.group_by(key).order_by(func.min(c.hour), key)
    with engine.connect() as connection:
        return [_sum(tuple(row), where.window) for row in connection.execute(query) if row[0] is not None]


def _inside(where: Cut) -> list[ColumnElement[bool]]:
    c = schema.buckets.c
    conditions = [c.hour >= floor_hour(where.window.start), c.hour < where.window.end]
    for hour, shifts in where.parts:
        named = [shift for shift in shifts if shift is not None]
        is_named = and_(c.shift_key.is_not(None), c.shift_key.in_(named))
        kept = or_(is_named, c.shift_key.is_(None)) if None in shifts else is_named
        conditions.append(not_(and_(c.hour == hour, not_(kept))))
    return conditions


def _sum(row: Sequence[int | str | None], window: Interval) -> Sum:
    numbers = [int(value or 0) for value in row[: len(schema.SUMMED_COLUMNS) + 3]]
    first, last, as_of = numbers[-3:]
    told = Interval(first, min(last + HOUR_MS, as_of)).clip(window)
    components = Components(tuple(numbers[:9]), *numbers[9:-3])
    return Sum(row[-1] if len(row) > len(numbers) else None, components, told)
