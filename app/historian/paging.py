"""Reads episodes, order runs and findings page by page: filtered in SQL, each goes on behind the last row's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Engine, Select, Table, or_, select, tuple_

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.interval import Interval
from app.historian import schema
from app.historian.database import asking_database

UNCLASSIFIED = "unclassified"
_STOPPED = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)
EPISODE_KEY = ("start", "machine")
ORDER_KEY = ("start", "line", "order")
CORRECTION_KEY = ("at", "id")
FINDING_KEY = ("since", "equipment", "rule")


@dataclass(frozen=True, slots=True)
class EpisodeFilter:
    """What is kept; None: all. reason: a leaf's id, or `unclassified`: stops without one; shift: name or key."""

    reason: str | None = None
    bucket: str | None = None
    shift: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """after: the key of the last row of the page before, in the order's columns; () for the first."""

    most: int
    after: tuple[int | str, ...] = ()


def page_of_episodes(
    engine: Engine, machines: Sequence[str], window: Interval, kept: EpisodeFilter, page: Page
) -> list[Episode]:
    """Return a page of the episodes that overlap window, whole, by start and machine."""
    c = schema.episodes.c
    query = select(schema.episodes).where(
        c.machine.in_(machines), c.start < window.end, or_(c.end.is_(None), c.end > window.start), *_kept(kept)
    )
    return [_episode(row) for row in _rows(engine, query, schema.episodes, EPISODE_KEY, page)]


def page_of_orders(engine: Engine, lines: Sequence[str], window: Interval, page: Page) -> list[OrderFact]:
    """Return a page of the order runs of lines that overlap window, by start."""
    c = schema.orders.c
    query = select(schema.orders).where(
        c.line.in_(lines), c.start < window.end, or_(c.end.is_(None), c.end > window.start)
    )
    return [OrderFact(**row) for row in _rows(engine, query, schema.orders, ORDER_KEY, page)]


def page_of_findings(engine: Engine, equipment: Sequence[str], window: Interval, page: Page) -> list[FindingFact]:
    """Return a page of the findings about equipment that overlap window, by time."""
    c = schema.findings.c
    query = select(schema.findings).where(
        c.equipment.in_(equipment), c.since < window.end, or_(c.until.is_(None), c.until >= window.start)
    )
    return [FindingFact(**row) for row in _rows(engine, query, schema.findings, FINDING_KEY, page)]


def page_of_corrections(engine: Engine, equipment: Sequence[str], window: Interval, page: Page) -> list[CorrectionFact]:
    """Return a page of the corrections that concern equipment in window, by when they were made."""
    c = schema.corrections.c
    inside = or_(c.from_ms >= window.start, c.to_ms > window.start)
    query = select(schema.corrections).where(c.equipment.in_(equipment), c.from_ms < window.end, inside)
    return [CorrectionFact(**row) for row in _rows(engine, query, schema.corrections, CORRECTION_KEY, page)]


def _rows(engine: Engine, query: Select[Any], table: Table, key: Sequence[str], page: Page) -> list[Mapping[str, Any]]:
    columns: list[Column[Any]] = [table.c[name] for name in key]
    if page.after:
        query = query.where(tuple_(*columns) > tuple_(*page.after))
    with asking_database(), engine.connect() as connection:
        found = connection.execute(query.order_by(*columns).limit(page.most)).mappings().all()
    return [dict(row) for row in found]


def _kept(kept: EpisodeFilter) -> list[ColumnElement[bool]]:
    c = schema.episodes.c
    found: list[ColumnElement[bool]] = []
    if kept.reason == UNCLASSIFIED:
        found += [c.reason.is_(None), c.bucket.in_([int(bucket) for bucket in _STOPPED])]
    elif kept.reason is not None:
        found.append(c.reason == kept.reason)
    if kept.bucket is not None:
        found.append(c.bucket == int(Bucket[kept.bucket.upper()]))
    if kept.shift is not None:
        found.append(or_(c.shift_key == kept.shift, c.shift_key.endswith("/" + kept.shift, autoescape=True)))
    if kept.product is not None:
        found.append(c.product == kept.product)
    return found


def _episode(row: Mapping[str, Any]) -> Episode:
    found = {name: value for name, value in row.items() if name in Episode.__slots__}
    found |= {"bucket": Bucket(row["bucket"]), "order": row["order_id"], "shift": row["shift_key"]}
    return Episode(**found | {"edits": msgspec.json.decode(row["edits"], type=tuple[str, ...])})
