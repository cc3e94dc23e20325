"""Is the system used in the daily routine? Stops that got a reason, and how often which role signs in."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import case, func, or_, select

from app.domain.accounting.buckets import Bucket
from app.domain.interval import DAY_MS, Interval
from app.historian.auth_schema import sign_ins, users
from app.historian.database import Database, asking_database
from app.historian.schema import episodes

WEEK_MS = 7 * DAY_MS


class Reasoned(NamedTuple):
    """Unplanned stop time, ms: with a reason, and all of it."""

    with_reason_ms: int
    all_ms: int


def reasoned(db: Database, machines: Sequence[str], leaves: Sequence[str], window: Interval) -> Reasoned:
    """Return how much of the machines' unplanned stop time in a window has a reason. Raises DatabaseAway.

    A reason is one that a person gave, or a leaf of the reason tree (leaves) that the machine reported.
    """
    c = episodes.c
    end = func.coalesce(c.end, window.end)
    start = case((c.start < window.start, window.start), else_=c.start)
    length = case((end > window.end, window.end), else_=end) - start
    is_told = or_(c.attested_by.is_not(None), c.reason.in_(leaves))
    named = func.sum(case((is_told, length), else_=0))
    query = select(named, func.sum(length)).where(
        c.machine.in_(machines), c.bucket == int(Bucket.UNPLANNED_STOP), c.start < window.end, end > window.start
    )
    with asking_database(), db.connect() as connection:
        known, whole = connection.execute(query).one()
    return Reasoned(int(known or 0), int(whole or 0))


def sign_ins_by_role(db: Database, now: int, weeks: int) -> dict[str, list[int]]:
    """Return role -> sign-ins per seven days back from now (UTC ms), oldest first. Raises DatabaseAway.

    Roles, never persons: whether a board is used is asked, not who is diligent.
    """
    c, first = sign_ins.c, now - weeks * WEEK_MS
    week = (c.at - first) // WEEK_MS
    query = (
        select(users.c.role, week, func.count())
        .select_from(sign_ins.join(users, users.c.name == c.name))
        .where(c.outcome == "ok", c.at >= first, c.at < now)
        .group_by(users.c.role, week)
    )
    found: dict[str, list[int]] = {}
    with asking_database(), db.connect() as connection:
        for role, at, count in connection.execute(query):
            found.setdefault(role, [0] * weeks)[int(at)] = int(count)
    return found
