"""What has to be sent, in SQL: written down once, taken by one process at a time by one row change, tried again.

A claim runs out: what a killed process had taken is taken over, marked as possibly sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from sqlalchemy import ColumnElement, Engine, RowMapping, Table, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.historian.database import asking_database

WAITING = ("pending", "failed")
FINAL = ("sent", "dead")


class Waiting(Protocol):
    """What a row says of its way, as frozen dataclasses have it."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def key(self) -> str:
        """Which one it is."""

    @property
    def state(self) -> str:
        """pending, sending, failed, sent or dead."""

    @property
    def attempts(self) -> int:
        """How many tries were begun."""

    @property
    def next_at(self) -> int:
        """When it is tried; while it is being sent: when its sender counts as dead. UTC ms."""

    @property
    def is_again(self) -> bool:
        """Whether it may have arrived before."""


Item = TypeVar("Item", bound=Waiting)


class Claims(Generic[Item]):
    """Items on their way, in a table whose columns are the item's fields. Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine, table: Table, make: Callable[..., Item]) -> None:
        self._engine, self._table, self._make = engine, table, make

    def put_new(self, items: Sequence[Item]) -> int:
        """Write down those that are new by their key, and return how many; a kill leaves some for the next time."""
        c = self._table.c
        with asking_database(), self._engine.connect() as connection:
            wanted = select(c.key).where(c.key.in_([item.key for item in items]))
            known = set(connection.execute(wanted).scalars())
        return sum(self._put(item) for item in items if item.key not in known)

    def claim(self, now: int, until: int, *also: ColumnElement[bool]) -> Item | None:
        """Return an item that is due, now ours to send until `until`; None when nothing waits.

        One whose sender died comes with is_again: it may have arrived. now, until: UTC ms; also: further conditions.
        """
        c = self._table.c
        due = and_(c.state.in_((*WAITING, "sending")), c.next_at <= now, *also)
        while True:
            with asking_database(), self._engine.connect() as connection:
                row = connection.execute(select(self._table).where(due).order_by(c.next_at).limit(1)).mappings()
                found = row.first()
            if found is None:
                return None
            seen = self._item(found)
            again = seen.is_again or seen.state == "sending"
            change = {"state": "sending", "attempts": seen.attempts + 1, "next_at": until, "is_again": again}
            taken = cast(Item, replace(cast(Any, seen), **change))
            if self.settle(seen, taken):
                return taken

    def settle(self, claimed: Item, now_is: Item) -> bool:
        """Write what became of a claimed item; False when another process took it over meanwhile."""
        with asking_database(), self._engine.begin() as connection:
            changed = update(self._table).where(self.still(claimed)).values(**asdict(now_is))
            return connection.execute(changed).rowcount == 1

    def again(self, key: str, now: int) -> bool:
        """Have a dead item, named by how its key begins, tried once more; return whether there was one."""
        c = self._table.c
        wanted = and_(c.key.startswith(key, autoescape=True), c.state == "dead")
        with asking_database(), self._engine.begin() as connection:
            change = update(self._table).where(wanted).values(state="pending", attempts=0, next_at=now)
            return connection.execute(change).rowcount > 0

    def counted(self, *of: ColumnElement[bool]) -> dict[str, int]:
        """Return how many items there are in each state that has any. of: which of them."""
        c = self._table.c
        query = select(c.state, func.count()).where(*of).group_by(c.state)
        with asking_database(), self._engine.connect() as connection:
            return dict(connection.execute(query).tuples().all())

    def still(self, seen: Item) -> ColumnElement[bool]:
        """Return whether the row is still as `seen`: of two processes that change it one succeeds."""
        c = self._table.c
        return and_(c.key == seen.key, c.state == seen.state, c.attempts == seen.attempts, c.next_at == seen.next_at)

    def _item(self, row: RowMapping) -> Item:
        return self._make(**row)

    def _put(self, item: Item) -> bool:
        with asking_database():
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(self._table).values(**asdict(item)))
            except IntegrityError:
                return False
        return True
