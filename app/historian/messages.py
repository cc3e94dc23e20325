"""What goes out to people and systems, in SQL. Every call may raise DatabaseAway."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace

import msgspec
from sqlalchemy import Engine, and_, delete, insert, select, tuple_, update

from app.boards.messages import Outgoing, Parcel, outgoing, parcel_key
from app.domain.alerts.message import Message
from app.domain.roles import EVERYWHERE
from app.historian.claims import FINAL, Claims
from app.historian.database import asking_database, writing
from app.historian.message_schema import delivery_marks, messages
from app.historian.paging import Page
from app.historian.places import under


class Messages(Claims[Parcel]):
    """Parcels on their way, each sent at least once with the same id. A kill leaves each call done or not done."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, messages, Parcel)

    def put(self, told: Iterable[Outgoing | Message]) -> int:
        """Keep for sending what is new by its key; return how many. What nobody is to get is known when it is sent."""
        said = [one if isinstance(one, Outgoing) else outgoing(one) for one in told]
        return self.put_new([parcel_of(one) for one in said])

    def take(self, now: int, until: int, not_to: Collection[str] = ()) -> Parcel | None:
        """Claim a parcel that is due. not_to: targets that were away a moment ago."""
        also = [messages.c.target.not_in(sorted(not_to))] if not_to else []
        return self.claim(now, until, *also)

    def address(self, claimed: Parcel, targets: Sequence[str], now: int) -> bool:
        """Make of a parcel that has no target yet one for each of `targets`, all due at once.

        The first takes the parcel's own row, so that its key stays known. One transaction; False when another process
        took it over.
        """
        first, *others = targets
        fresh = replace(claimed, state="pending", target=first, attempts=0, next_at=now, is_again=False, answer=None)
        copies = [replace(fresh, key=parcel_key(claimed.key, name), target=name) for name in others]
        with writing(self._engine) as connection:
            change = update(messages).where(self.still(claimed)).values(**asdict(fresh))
            if connection.execute(change).rowcount != 1:
                return False
            for copy in copies:
                connection.execute(insert(messages).values(**asdict(copy)))
        return True

    def drop(self, claimed: Parcel) -> bool:
        """Forget a claimed parcel: there is nobody who listens."""
        with writing(self._engine) as connection:
            return connection.execute(delete(messages).where(self.still(claimed))).rowcount == 1

    def get(self, key: str) -> Parcel | None:
        """Return one, or None."""
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(select(messages).where(messages.c.key == key)).mappings().one_or_none()
        return None if row is None else self._item(row)

    def newest(self, most: int, state: str | None = None, scopes: Sequence[str] = (EVERYWHERE,)) -> list[Parcel]:
        """Return the newest parcels about equipment in `scopes`, in one state where given."""
        c = messages.c
        query = (
            select(messages).where(under(messages.c.equipment, scopes)).order_by(c.created.desc(), c.key).limit(most)
        )
        if state is not None:
            query = query.where(c.state == state)
        with asking_database(), self._engine.connect() as connection:
            return [self._item(row) for row in connection.execute(query).mappings()]

    def page(self, state: str | None, scopes: Sequence[str], page: Page) -> list[Parcel]:
        """Return a page of the parcels about equipment in `scopes`, in one state where given, newest first."""
        c = messages.c
        wanted = [under(c.equipment, scopes)] + ([] if state is None else [c.state == state])
        if page.after:
            wanted.append(tuple_(c.created, c.key) < tuple_(*page.after))
        query = select(messages).where(*wanted).order_by(c.created.desc(), c.key.desc()).limit(page.most)
        with asking_database(), self._engine.connect() as connection:
            return [self._item(row) for row in connection.execute(query).mappings()]

    def counts(self, scopes: Sequence[str] = (EVERYWHERE,)) -> dict[str, int]:
        """Return how many parcels about equipment in `scopes` there are in each state that has any."""
        return self.counted(under(messages.c.equipment, scopes))

    def let_go(self, before: int) -> int:
        """Forget parcels made before `before` (UTC ms) that are done with; return how many."""
        old = and_(messages.c.state.in_(FINAL), messages.c.created < before)
        with writing(self._engine) as connection:
            return connection.execute(delete(messages).where(old)).rowcount


class Marks:
    """How far somebody has come, UTC ms by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, name: str) -> int | None:
        """Return how far, None before the first time."""
        c = delivery_marks.c
        with asking_database(), self._engine.connect() as connection:
            return connection.execute(select(c.at).where(c.name == name)).scalar_one_or_none()

    def put(self, name: str, at: int) -> None:
        """Keep how far."""
        same = delivery_marks.c.name == name
        with writing(self._engine) as connection:
            if not connection.execute(update(delivery_marks).where(same).values(at=at)).rowcount:
                connection.execute(insert(delivery_marks).values(name=name, at=at))


def parcel_of(said: Outgoing) -> Parcel:
    """Return it as a parcel that has no target yet."""
    body = msgspec.json.encode(said.data).decode()
    key = parcel_key(f"{said.channel}|{said.key}")
    return Parcel(key, said.channel, said.kind, said.to, said.equipment, body, said.at)
