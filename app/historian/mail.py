"""Subscriptions and the outbox in SQL: a letter is written down once, sent by one process at a time, and kept."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select

from app.boards.mail import Letter, Subscription
from app.historian.claims import FINAL, Claims
from app.historian.database import asking_database
from app.historian.mail_schema import outbox, subscriptions
from app.historian.writer import positions


class Subscriptions:
    """Who asked for which report."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, wanted: Subscription) -> None:
        """Keep it, in place of the one of the same person, place and rhythm."""
        with asking_database(), self._engine.begin() as connection:
            connection.execute(delete(subscriptions).where(_same(wanted.who, wanted.equipment, wanted.rhythm)))
            connection.execute(insert(subscriptions).values(**asdict(wanted)))

    def remove(self, who: str, equipment: str, rhythm: str) -> bool:
        """Forget it; return whether it was there."""
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(delete(subscriptions).where(_same(who, equipment, rhythm))).rowcount > 0

    def all(self, who: str | None = None) -> list[Subscription]:
        """Return all of them, or those of one person, by person and place."""
        c = subscriptions.c
        query = select(subscriptions).order_by(c.who, c.equipment, c.rhythm)
        if who is not None:
            query = query.where(c.who == who)
        with asking_database(), self._engine.connect() as connection:
            return [Subscription(**row) for row in connection.execute(query).mappings()]


class Outbox(Claims[Letter]):
    """Letters and what became of them. Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, outbox, Letter)

    def put(self, letters: Sequence[Letter]) -> int:
        """Write down those that are new by their key, and return how many; a kill leaves some for the next time."""
        return self.put_new(letters)

    def newest(self, most: int, who: str | None = None, state: str | None = None) -> list[Letter]:
        """Return the letters whose shifts ended last, of one person and in one state where given."""
        query = select(outbox).order_by(outbox.c.ended.desc(), outbox.c.key).limit(most)
        for column, wanted in ((outbox.c.who, who), (outbox.c.state, state)):
            if wanted is not None:
                query = query.where(column == wanted)
        with asking_database(), self._engine.connect() as connection:
            return [self._item(row) for row in connection.execute(query).mappings()]

    def let_go(self, before: int) -> int:
        """Forget letters of shifts that ended before `before` (UTC ms) and are done with; return how many."""
        old = and_(outbox.c.state.in_(FINAL), outbox.c.ended < before)
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(delete(outbox).where(old)).rowcount


def reached(engine: Engine) -> dict[str, int]:
    """Return how far history has come, UTC ms by line path. Raises DatabaseAway."""
    with asking_database():
        return {line: int(entry.partition(b"-")[0]) for line, entry in positions(engine).items()}


def _same(who: str, equipment: str, rhythm: str) -> ColumnElement[bool]:
    c = subscriptions.c
    return and_(c.who == who, c.equipment == equipment, c.rhythm == rhythm)
