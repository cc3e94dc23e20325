"""The memory of process values by machine, signal and minute, packed by the hour. All may raise DatabaseAway."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select

from app.domain.interval import HOUR_MS, MINUTE_MS, Interval, floor_hour
from app.historian.database import asking_database, writing
from app.historian.loop_schema import decider_positions, trends


class Point(NamedTuple):
    """A minute of a signal. t: its start, UTC ms; n: good values in it; mean, low, high in the signal's unit."""

    t: int
    n: int
    mean: float
    low: float
    high: float


Minutes = dict[int, Point]
SignalHour = tuple[str, str, int]
"""machine path, signal id, start of the hour (UTC ms)."""


class Trends:
    """Reads and writes what signals were."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def positions(self) -> dict[str, str]:
        """Return how far each line's stream has been taken in: entry ids by line path."""
        with asking_database(), self._engine.connect() as connection:
            found = connection.execute(select(decider_positions.c.line, decider_positions.c.entry))
            return {row.line: row.entry for row in found}

    def take(self, line: str, values: Iterable[tuple[str, str, int, float]], entry: str) -> None:
        """Add values (machine, signal, UTC ms, value) and note that the line's stream is in up to `entry`, at once."""
        told: dict[SignalHour, list[tuple[int, float]]] = defaultdict(list)
        for machine, signal, t, value in values:
            told[machine, signal, floor_hour(t)].append((t, value))
        with writing(self._engine) as connection:
            for key, own in told.items():
                minutes = _read(connection, key)
                for t, value in own:
                    minutes[t // MINUTE_MS] = _added(minutes.get(t // MINUTE_MS), t, value)
                _write(connection, key, minutes)
            connection.execute(delete(decider_positions).where(decider_positions.c.line == line))
            connection.execute(insert(decider_positions).values(line=line, entry=entry))

    def points(self, machine: str, signal: str, window: Interval) -> list[Point]:
        """Return the minutes of a signal in a window, by time; minutes without a good value are left out."""
        return self.many([machine], window, [signal]).get((machine, signal), [])

    def many(
        self, machines: Sequence[str], window: Interval, signals: Sequence[str] | None = None
    ) -> Mapping[tuple[str, str], list[Point]]:
        """Return the minutes of machines' signals (all, or these ids) in a window, by (machine, signal), by time."""
        c = trends.c
        query = select(trends).where(c.machine.in_(machines), c.hour >= floor_hour(window.start), c.hour < window.end)
        if signals is not None:
            query = query.where(c.signal.in_(signals))
        found: dict[tuple[str, str], list[Point]] = defaultdict(list)
        with asking_database(), self._engine.connect() as connection:
            for row in connection.execute(query.order_by(c.hour)):
                points = sorted(_unpacked(row.hour, row.minutes).values())
                found[row.machine, row.signal] += [p for p in points if window.start <= p.t < window.end]
        return found

    def forget(self, before: int) -> int:
        """Delete hours that ended before `before` (UTC ms); return how many rows."""
        with writing(self._engine) as connection:
            return connection.execute(delete(trends).where(trends.c.hour < before - HOUR_MS)).rowcount


def _added(known: Point | None, t: int, value: float) -> Point:
    if known is None:
        return Point(t - t % MINUTE_MS, 1, value, value, value)
    n = known.n + 1
    return Point(known.t, n, known.mean + (value - known.mean) / n, min(known.low, value), max(known.high, value))


def _read(connection: Connection, key: SignalHour) -> Minutes:
    c = trends.c
    query = select(c.minutes).where(c.machine == key[0], c.signal == key[1], c.hour == key[2])
    raw = connection.execute(query).scalar_one_or_none()
    return {} if raw is None else _unpacked(key[2], raw)


def _write(connection: Connection, key: SignalHour, minutes: Minutes) -> None:
    c, (machine, signal, hour) = trends.c, key
    connection.execute(delete(trends).where(c.machine == machine, c.signal == signal, c.hour == hour))
    packed = msgspec.msgpack.encode([((p.t - hour) // MINUTE_MS, *p[1:]) for p in minutes.values()])
    connection.execute(insert(trends).values(machine=machine, signal=signal, hour=hour, minutes=packed))


def _unpacked(hour: int, raw: bytes) -> Minutes:
    rows = msgspec.msgpack.decode(raw, type=list[tuple[int, int, float, float, float]])
    points = (Point(hour + m * MINUTE_MS, n, mean, low, high) for m, n, mean, low, high in rows)
    return {point.t // MINUTE_MS: point for point in points}
