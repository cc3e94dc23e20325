"""Sessions that were signed out before their time: kept in SQL, so that they stay out when Redis is away or emptied."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from app.historian.auth_schema import ended_sessions
from app.historian.database import asking_database


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """Every worker sees them. now: UTC ms."""

    engine: Engine
    now: Callable[[], int]

    def revoke(self, session_id: str, ttl_ms: int) -> None:
        """Remember it for as long as its cookie could live, and forget those whose cookies are dead by now."""
        now, c = self.now(), ended_sessions.c
        with asking_database(), self.engine.begin() as connection:
            connection.execute(delete(ended_sessions).where((c.until <= now) | (c.id == session_id)))
            connection.execute(insert(ended_sessions).values(id=session_id, until=now + ttl_ms))

    def is_revoked(self, session_id: str) -> bool:
        """Return whether it was signed out."""
        wanted = select(ended_sessions.c.id).where(ended_sessions.c.id == session_id)
        with asking_database(), self.engine.connect() as connection:
            return connection.execute(wanted).first() is not None
