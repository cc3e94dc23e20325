"""What is wanted, in SQL, with who said it and how often it changed. Every call may raise DatabaseAway."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy import Engine, delete, func, insert, select, update

from app.domain.decisions.demand import State, Wanted
from app.historian import schema
from app.historian.database import asking_database, writing
from app.historian.loop_schema import decider_positions
from app.historian.plan_schema import demand_orders

_FIELDS = ("order", "product", "quantity", "due", "place", "priority", "earliest", "kind", "state", "source")


class Known(NamedTuple):
    """An order as it stands. version: from 1; at, by: when (UTC ms) and who said it last."""

    wanted: Wanted
    version: int
    at: int
    by: str


class Counted(NamedTuple):
    """What became of orders that were said."""

    new: int
    changed: int
    same: int


class Taken(NamedTuple):
    """How far a stream is taken in. stream: its key; entry: id of its last entry that is."""

    stream: str
    entry: str


class DemandBook:
    """Keeps orders; a kill leaves a call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, wanted: Sequence[Wanted], now: int, by: str, taken: Taken | None = None) -> Counted:
        """Keep orders; what says the same as before changes nothing. A released order stays so unless cancelled.

        taken: how far a stream is in with them, kept in the same transaction.
        """
        table, counts = demand_orders, [0, 0, 0]
        with writing(self._engine) as connection:
            if taken is not None:
                connection.execute(delete(decider_positions).where(decider_positions.c.line == taken.stream))
                connection.execute(insert(decider_positions).values(line=taken.stream, entry=taken.entry))
            names = [one.order for one in wanted]
            rows = connection.execute(select(table).where(table.c.order.in_(names))).mappings()
            known = {row["order"]: row for row in rows}
            for one in wanted:
                row, was = asdict(one), known.get(one.order)
                if was is None:
                    connection.execute(insert(table).values(**row, version=1, at=now, by=by))
                    counts[0] += 1
                    continue
                if was["state"] == "released" and one.state == "open":
                    row["state"] = "released"
                if all(was[name] == row[name] for name in _FIELDS if name != "source"):
                    counts[2] += 1
                    continue
                said = update(table).where(table.c.order == one.order)
                connection.execute(said.values(**row, version=table.c.version + 1, at=now, by=by))
                counts[1] += 1
        return Counted(*counts)

    def position(self, stream: str) -> str | None:
        """Return the last entry of a stream that was taken in; None: nothing was."""
        query = select(decider_positions.c.entry).where(decider_positions.c.line == stream)
        with asking_database(), self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def places(self, orders: Collection[str]) -> dict[str, str]:
        """Return where orders that are known already are to be made, whatever their state."""
        c = demand_orders.c
        with asking_database(), self._engine.connect() as connection:
            found = connection.execute(select(c.order, c.place).where(c.order.in_(orders)))
            return {row.order: row.place for row in found}

    def all(self, states: Collection[State] = ("open", "released"), most: int = 10_000) -> list[Known]:
        """Return orders in these states by due time."""
        table = demand_orders
        query = select(table).where(table.c.state.in_(states)).order_by(table.c.due, table.c.order).limit(most)
        with asking_database(), self._engine.connect() as connection:
            return [
                Known(Wanted(**{name: row[name] for name in _FIELDS}), row["version"], row["at"], row["by"])
                for row in connection.execute(query).mappings()
            ]

    def get(self, order: str) -> Known | None:
        """Return one order, whatever its state."""
        every: tuple[State, ...] = ("open", "released", "done", "cancelled")
        return next((known for known in self.all(every) if known.wanted.order == order), None)

    def stand(self) -> str:
        """Return a word that changes whenever somebody changes what is wanted."""
        table = demand_orders
        query = select(func.count(), func.coalesce(func.sum(table.c.version), 0))
        with asking_database(), self._engine.connect() as connection:
            count, versions = connection.execute(query).one()
        return f"{count}.{int(versions)}"

    def move(self, order: str, state: State) -> None:
        """Keep that an order was begun or is made; no new version, for nobody wants anything else."""
        with writing(self._engine) as connection:
            connection.execute(update(demand_orders).where(demand_orders.c.order == order).values(state=state))

    def made(self, lines: Sequence[str], orders: Collection[str]) -> dict[str, int]:
        """Return the good units of orders that lines have made, as far as history knows."""
        c = schema.buckets.c
        query = select(c.order_id, func.sum(c.good)).where(c.equipment.in_(lines), c.order_id.in_(orders))
        with asking_database(), self._engine.connect() as connection:
            return {order: int(good) for order, good in connection.execute(query.group_by(c.order_id))}
