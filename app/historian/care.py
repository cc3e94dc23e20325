"""Findings with what people did about them, and planned time about which nothing is known, as findings."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Engine, Subquery, func, insert, or_, select

from app.domain.accounting.buckets import IN_PBT, Bucket
from app.domain.accounting.facts import FindingFact
from app.domain.governance.findings import Care
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from app.historian import schema
from app.historian.care_schema import finding_care
from app.historian.database import asking_database

ENOUGH_SILENCE_MS = 5 * MINUTE_MS


class Cares:
    """What people did about findings. Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, care: Care) -> None:
        """Keep it; nothing is ever changed or taken away."""
        with asking_database(), self._engine.begin() as connection:
            connection.execute(insert(finding_care).values(**asdict(care)))

    def of(self, equipment: Sequence[str]) -> list[Care]:
        """Return what was done about findings of these machines and lines, oldest first."""
        c = finding_care.c
        query = select(c.equipment, c.rule, c.at, c.by, c.what, c.cause, c.note)
        with asking_database(), self._engine.connect() as connection:
            rows = connection.execute(query.where(c.equipment.in_(equipment)).order_by(c.at)).mappings()
            return [Care(**row) for row in rows]


def silences(engine: Engine, machines: Sequence[str], window: Interval) -> list[FindingFact]:
    """Return the machine hours of `window` of which five minutes of planned time or more are unknown, by time.

    Hours before a machine was first heard are not silence.
    """
    c, first = schema.buckets.c, _first_heard(machines)
    unknown = func.sum(c.unknown_ms)
    query = (
        select(c.equipment, c.hour, unknown)
        .join(first, first.c.equipment == c.equipment)
        .where(c.hour > first.c.hour, c.hour >= window.start, c.hour < window.end, c.unknown_ms > 0)
        .group_by(c.equipment, c.hour)
        .having(unknown >= ENOUGH_SILENCE_MS)
        .order_by(c.hour, c.equipment)
    )
    with asking_database(), engine.connect() as connection:
        return [_silence(machine, hour, int(ms)) for machine, hour, ms in connection.execute(query)]


def _first_heard(machines: Sequence[str]) -> Subquery:
    c = schema.buckets.c
    known = (getattr(c, f"{bucket.key}_ms") for bucket in IN_PBT if bucket is not Bucket.UNKNOWN)
    is_known = or_(*(column > 0 for column in known))
    query = select(c.equipment, func.min(c.hour).label("hour")).where(c.equipment.in_(machines), is_known)
    return query.group_by(c.equipment).subquery()


def _silence(machine: str, hour: int, ms: int) -> FindingFact:
    detail = f"nothing is known of {ms / MINUTE_MS:.0f} min of planned time"
    return FindingFact(machine, "silence", hour, hour + HOUR_MS, detail)
