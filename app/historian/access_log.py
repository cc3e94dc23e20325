"""Who came in and who changed what, page by page, newest first. Every call may raise DatabaseAway."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, func, select

from app.boards.admin import AuditRow, SignInRow
from app.historian.auth_schema import audit, sign_ins
from app.historian.database import asking_database


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Reads one database. before: the number of the last row of the page before, None for the first page."""

    engine: Engine

    def sign_ins(self, name: str | None, outcome: str | None, before: int | None, most: int) -> list[SignInRow]:
        """Return a page of the sign-ins of an account, with one outcome, where given."""
        c = sign_ins.c
        query = select(c.id, c.at, c.name, c.address, c.outcome).order_by(c.id.desc()).limit(most)
        for column, wanted in ((c.name, name), (c.outcome, outcome)):
            query = query if wanted is None else query.where(column == wanted)
        return [SignInRow(*row) for row in self._rows(query if before is None else query.where(c.id < before))]

    def last_sign_ins(self) -> Mapping[str, int]:
        """Return account name -> UTC ms of its last sign-in that opened the door."""
        c = sign_ins.c
        query = select(c.name, func.max(c.at)).where(c.outcome == "ok").group_by(c.name)
        return dict(self._rows(query))

    def audit(self, who: str | None, before: int | None, most: int) -> list[AuditRow]:
        """Return a page of the audit trail, of what one person did where given."""
        c = audit.c
        query = select(c.number, c.at, c.who, c.what, c.place, c.detail).order_by(c.number.desc()).limit(most)
        query = query if who is None else query.where(c.who == who)
        return [AuditRow(*row) for row in self._rows(query if before is None else query.where(c.number < before))]

    def told(self, what: str, most: int) -> list[AuditRow]:
        """Return the newest rows of one kind."""
        c = audit.c
        query = select(c.number, c.at, c.who, c.what, c.place, c.detail).where(c.what == what)
        return [AuditRow(*row) for row in self._rows(query.order_by(c.number.desc()).limit(most))]

    def _rows(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        with asking_database(), self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]
