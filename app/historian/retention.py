"""What history lets go of by age: episodes, calls and findings after one time, hours and orders after another.

Corrections stay for ever, and so does what is still open. Nothing goes that an event may yet correct: a line's age
counts from what history has of it, so one whose facts wait for weeks forgets nothing of them.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Engine, and_, delete, func, select

from app.domain.interval import DAY_MS
from app.historian import schema
from app.historian.accounts import Audit
from app.historian.writer import positions

log = logging.getLogger(__name__)
MARGIN_DAYS = 2
"""Beyond what may be corrected: a corrected stop is told anew from the hour it began in."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Days that are kept. correctable: how far back an event may still be about; never less than it is kept."""

    correctable: int = 35
    episodes: int = 1_100
    hours: int = 3_660

    def days(self, wanted: int) -> int:
        """Return how long is kept what is wanted for so many days."""
        return max(wanted, self.correctable + MARGIN_DAYS)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of one table: per path, by the time something ended; null is open and stays."""

    path: Column[str]
    ended: Column[int]
    days: Callable[[Policy], int]


def _of_episodes(policy: Policy) -> int:
    return policy.days(policy.episodes)


def _of_hours(policy: Policy) -> int:
    return policy.days(policy.hours)


_KEPT = (
    _Kept(schema.episodes.c.machine, schema.episodes.c.end, _of_episodes),
    _Kept(schema.calls.c.line, schema.calls.c.cleared_at, _of_episodes),
    _Kept(schema.findings.c.equipment, schema.findings.c.until, _of_episodes),
    _Kept(schema.orders.c.line, schema.orders.c.end, _of_hours),
    _Kept(schema.buckets.c.equipment, schema.buckets.c.hour, _of_hours),
)


def let_go(engine: Engine, policy: Policy, now: int) -> Mapping[str, int]:
    """Delete what is older than the policy keeps; return how many rows of each table, {} for none.

    now: UTC ms. A transaction for each table and path: a kill leaves some for the next time. What went is in the
    audit trail.
    """
    known = {line: min(now, int(entry.partition(b"-")[0])) for line, entry in positions(engine).items()}
    gone: dict[str, int] = {}
    for kept in _KEPT:
        for path in _paths(engine, kept.path):
            line = next((line for line in known if path == line or path.startswith(line + "/")), None)
            as_of = now if line is None else known[line]
            is_old = and_(kept.path == path, kept.ended < as_of - kept.days(policy) * DAY_MS)
            with engine.begin() as connection:
                count = _delete(connection, kept, is_old)
            if count:
                gone[kept.path.table.name] = gone.get(kept.path.table.name, 0) + count
    if gone:
        Audit(engine).write(now, "historian", "retention", "history", msgspec.json.encode(gone).decode())
        log.info("history let go of what is old", extra={"rows": gone})
    return gone


def _delete(connection: Connection, kept: _Kept, is_old: ColumnElement[bool]) -> int:
    """Delete where there is something: asking takes no lock that others wait for."""
    table = kept.path.table
    if connection.execute(select(1).select_from(table).where(is_old).limit(1)).first() is None:
        return 0
    return connection.execute(delete(table).where(is_old)).rowcount


def _paths(engine: Engine, column: Column[str]) -> Iterator[str]:
    """Yield the paths there are, each found by one look into the index."""
    last = ""
    while True:
        with engine.connect() as connection:
            found = connection.execute(select(func.min(column)).where(column > last)).scalar()
        if found is None:
            return
        last = found
        yield found
