"""Subscriptions and the outbox in SQL: a letter is written down once, sent by one process at a time, and kept."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import ColumnElement, Engine, RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.boards.mail import Letter, Subscription
from app.historian.database import asking_database
from app.historian.mail_schema import outbox, subscriptions
from app.historian.writer import positions

WAITING = ("pending", "failed")
FINAL = ("sent", "dead")


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


class Outbox:
    """Letters and what became of them. Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, letters: Sequence[Letter]) -> int:
        """Write down those that are new by their key, and return how many; a kill leaves some for the next time."""
        with asking_database(), self._engine.connect() as connection:
            wanted = select(outbox.c.key).where(outbox.c.key.in_([letter.key for letter in letters]))
            known = set(connection.execute(wanted).scalars())
        return sum(self._put(letter) for letter in letters if letter.key not in known)

    def _put(self, letter: Letter) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(outbox).values(**asdict(letter)))
        except IntegrityError:
            return False
        return True

    def claim(self, now: int, until: int) -> Letter | None:
        """Return a letter that is due, now ours to send until `until`; None when nothing waits.

        One whose sender died comes with is_again: it may have arrived. now, until: UTC ms.
        """
        due = and_(outbox.c.state.in_((*WAITING, "sending")), outbox.c.next_at <= now)
        while True:
            with asking_database(), self._engine.connect() as connection:
                row = connection.execute(select(outbox).where(due).order_by(outbox.c.next_at).limit(1)).mappings()
                found = row.first()
            if found is None:
                return None
            seen = _letter(found)
            again = seen.is_again or seen.state == "sending"
            taken = replace(seen, state="sending", attempts=seen.attempts + 1, next_at=until, is_again=again)
            if self._change(seen, taken):
                return taken

    def settle(self, claimed: Letter, now_is: Letter) -> bool:
        """Write what became of a claimed letter; False when another process took it over meanwhile."""
        return self._change(claimed, now_is)

    def again(self, key: str, now: int) -> bool:
        """Have a dead letter tried once more; return whether there was one."""
        wanted = and_(outbox.c.key.startswith(key, autoescape=True), outbox.c.state == "dead")
        with asking_database(), self._engine.begin() as connection:
            change = update(outbox).where(wanted).values(state="pending", attempts=0, next_at=now)
            return connection.execute(change).rowcount > 0

    def newest(self, most: int, who: str | None = None, state: str | None = None) -> list[Letter]:
        """Return the letters whose shifts ended last, of one person and in one state where given."""
        query = select(outbox).order_by(outbox.c.ended.desc(), outbox.c.key).limit(most)
        for column, wanted in ((outbox.c.who, who), (outbox.c.state, state)):
            if wanted is not None:
                query = query.where(column == wanted)
        with asking_database(), self._engine.connect() as connection:
            return [_letter(row) for row in connection.execute(query).mappings()]

    def counted(self) -> dict[str, int]:
        """Return how many letters there are in each state that has any."""
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        with asking_database(), self._engine.connect() as connection:
            return dict(connection.execute(query).tuples().all())

    def let_go(self, before: int) -> int:
        """Forget letters of shifts that ended before `before` (UTC ms) and are done with; return how many."""
        old = and_(outbox.c.state.in_(FINAL), outbox.c.ended < before)
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(delete(outbox).where(old)).rowcount

    def _change(self, seen: Letter, wanted: Letter) -> bool:
        """Write `wanted` if the row is still as `seen`: of two processes one succeeds."""
        c = outbox.c
        same = and_(c.key == seen.key, c.state == seen.state, c.attempts == seen.attempts, c.next_at == seen.next_at)
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(update(outbox).where(same).values(**asdict(wanted))).rowcount == 1


def reached(engine: Engine) -> dict[str, int]:
    """Return how far history has come, UTC ms by line path. Raises DatabaseAway."""
    with asking_database():
        return {line: int(entry.partition(b"-")[0]) for line, entry in positions(engine).items()}


def _same(who: str, equipment: str, rhythm: str) -> ColumnElement[bool]:
    c = subscriptions.c
    return and_(c.who == who, c.equipment == equipment, c.rhythm == rhythm)


def _letter(row: RowMapping) -> Letter:
    return Letter(**row)
