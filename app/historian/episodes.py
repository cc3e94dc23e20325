"""Reads episodes, order runs, corrections and findings."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, Row, Select, func, or_, select

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.facts import CallFact, CorrectionFact, FindingFact
from app.domain.interval import Interval
from app.historian import schema


def episodes_of(engine: Engine, machines: Sequence[str], window: Interval, most: int) -> list[Episode]:
    """Return at most `most` episodes of the machines that overlap window, whole, by start."""
    c = schema.episodes.c
    query = _overlapping(machines, window).order_by(c.start, c.machine).limit(most)
    with engine.connect() as connection:
        return [_episode(row) for row in connection.execute(query)]


def stops_of(engine: Engine, machines: Sequence[str], window: Interval, buckets: Sequence[int]) -> list[Episode]:
    """Return the episodes of these buckets of the machines that overlap window, whole, by start."""
    c = schema.episodes.c
    query = _overlapping(machines, window).where(c.bucket.in_(buckets)).order_by(c.start, c.machine)
    with engine.connect() as connection:
        return [_episode(row) for row in connection.execute(query)]


def edited_episodes(engine: Engine, machines: Sequence[str], window: Interval) -> list[Episode]:
    """Return the episodes of the machines that people said something about and that overlap window, by start."""
    c = schema.episodes.c
    query = _overlapping(machines, window).where(c.edits != "[]").order_by(c.start, c.machine)
    with engine.connect() as connection:
        return [_episode(row) for row in connection.execute(query)]


def _overlapping(machines: Sequence[str], window: Interval) -> Select[Any]:
    c = schema.episodes.c
    lasting = or_(c.end.is_(None), c.end > window.start)
    return select(schema.episodes).where(c.machine.in_(machines), c.start < window.end, lasting)


def _episode(row: Row[Any]) -> Episode:
    return Episode(
        machine=row.machine,
        start=row.start,
        end=row.end,
        bucket=Bucket(row.bucket),
        said=row.said,
        reason=row.reason,
        attested_by=row.attested_by,
        note=row.note,
        caused_by=row.caused_by,
        order=row.order_id,
        product=row.product,
        shift=row.shift_key,
        version=row.version,
        edits=msgspec.json.decode(row.edits, type=tuple[str, ...]),
    )


def calls_of(engine: Engine, lines: Sequence[str], window: Interval) -> list[CallFact]:
    """Return the andon calls of the lines that began in window, by time."""
    table = schema.calls
    query = select(table).where(table.c.line.in_(lines), table.c.since >= window.start, table.c.since < window.end)
    with engine.connect() as connection:
        return [CallFact(**row) for row in connection.execute(query.order_by(table.c.since)).mappings()]


def count_episodes(engine: Engine, machines: Sequence[str], window: Interval) -> int:
    """Return how many episodes of the machines overlap window."""
    c = schema.episodes.c
    query = (
        select(func.count())
        .select_from(schema.episodes)
        .where(c.machine.in_(machines), c.start < window.end, or_(c.end.is_(None), c.end > window.start))
    )
    with engine.connect() as connection:
        return connection.execute(query).scalar_one()


def corrections_of(engine: Engine, equipment: Sequence[str], window: Interval) -> list[CorrectionFact]:
    """Return the corrections that concern `equipment` in window, by when they were made."""
    table = schema.corrections
    c = table.c
    inside = or_(c.from_ms >= window.start, c.to_ms > window.start)
    query = select(table).where(c.equipment.in_(equipment), c.from_ms < window.end, inside)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(c.at, c.id)).mappings()
        return [CorrectionFact(**row) for row in rows]


def findings_of(engine: Engine, equipment: Sequence[str], window: Interval) -> list[FindingFact]:
    """Return the findings about `equipment` that overlap window, by time."""
    table = schema.findings
    c = table.c
    lasting = or_(c.until.is_(None), c.until >= window.start)
    query = select(table).where(c.equipment.in_(equipment), c.since < window.end, lasting)
    with engine.connect() as connection:
        return [FindingFact(**row) for row in connection.execute(query.order_by(c.since, c.rule)).mappings()]
