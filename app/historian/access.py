"""Whether anybody's access may have changed: accounts, tokens and sessions signed out, as one number to compare."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from app.historian.auth_schema import ended_sessions, tokens, users
from app.historian.database import asking_database


@dataclass(frozen=True, slots=True)
class Access:
    """Asked every second by every worker: three small reads of one connection."""

    engine: Engine

    def revision(self) -> int:
        """Return a number that is another one after a change of anybody's role, scope, token or session.

        Only comparable within one process. Raises DatabaseAway.
        """
        u, t, ended = users.c, tokens.c, ended_sessions.c
        people = select(u.name, u.role, u.scopes, u.session_epoch, u.disabled).order_by(u.name)
        keys = select(t.digest, t.role, t.scopes, t.expires, t.revoked).order_by(t.digest)
        out = select(func.count(), func.max(ended.until), func.sum(ended.until)).select_from(ended_sessions)
        with asking_database(), self.engine.connect() as connection:
            return hash(tuple(tuple(row) for wanted in (people, keys, out) for row in connection.execute(wanted)))
