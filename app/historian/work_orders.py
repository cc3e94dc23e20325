"""Work orders in SQL: every change raises the version and leaves a row of history in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.decisions.outside import Heard
from app.domain.decisions.work import MOVES, Proof, Step, WorkOrder
from app.historian.database import asking_database, writing
from app.historian.work_schema import work_order_steps, work_orders

MOST = 500
OPEN = ("open", "planned", "in_work")


class WorkOrders:
    """Reads and changes orders. Every call may raise DatabaseAway; a kill leaves each done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, order: WorkOrder) -> int:
        """Keep a new order and return its number; of a suggestion that is an order already, that one's."""
        known = self.number_of(order.suggestion)
        if known is not None:
            return known
        try:
            with writing(self._engine) as connection:
                row = _row(order)
                row.pop("number")
                made = connection.execute(insert(work_orders).values(**row))
                number = int(made.inserted_primary_key[0])  # type: ignore[index]
                _note(connection, Step(number, 1, order.made_at, order.made_by, "made", order.title))
                return number
        except IntegrityError:
            known = self.number_of(order.suggestion)
            if known is None:
                raise
            return known

    def get(self, number: int) -> WorkOrder | None:
        """Return one, or None."""
        return next(iter(self._select(work_orders.c.number == number)), None)

    def of(self, machines: Sequence[str], done_since: int) -> list[WorkOrder]:
        """Return the orders of machines, newest first: all that are not over, the others if ended since then."""
        c = work_orders.c
        lately = or_(c.state.in_(OPEN), c.changed_at >= done_since)
        return self._select(c.machine.in_(machines), lately)

    def tied(self) -> list[WorkOrder]:
        """Return the planned orders that go with a change-over."""
        c = work_orders.c
        return self._select(c.state == "planned", c.change_over.is_not(None))

    def change(self, order: WorkOrder, seen: int, step: tuple[int, str, str, str]) -> bool:
        """Write the order over version `seen`; False when somebody changed it since. step: (at, by, what, detail)."""
        at, by, what, detail = step
        row = {**_row(replace(order, version=seen + 1, changed_at=at))}
        c = work_orders.c
        with writing(self._engine) as connection:
            same = (c.number == order.number, c.version == seen)
            if connection.execute(update(work_orders).where(*same).values(**row)).rowcount != 1:
                return False
            _note(connection, Step(order.number, seen + 1, at, by, what, detail))
        return True

    def history(self, numbers: Sequence[int]) -> Mapping[int, list[Step]]:
        """Return what was done with orders, oldest first, by number."""
        c = work_order_steps.c
        found: dict[int, list[Step]] = {number: [] for number in numbers}
        query = select(work_order_steps).where(c.number.in_(numbers)).order_by(c.number, c.version)
        with asking_database(), self._engine.connect() as connection:
            for row in connection.execute(query).mappings():
                found[row["number"]].append(Step(**row))
        return found

    def changed_since(self, ms: int) -> list[WorkOrder]:
        """Return what people changed here from then on (UTC ms), oldest change first; for a system outside.

        What `outside` wrote is not among it: it is not told back.
        """
        c = work_orders.c
        query = select(work_orders).where(c.changed_at >= ms).order_by(c.changed_at, c.number).limit(MOST)
        with asking_database(), self._engine.connect() as connection:
            return [_order(row) for row in connection.execute(query).mappings()]

    def outside(self, number: int, heard: Heard) -> WorkOrder | None:
        """Keep what a system outside says of an order; a new status of theirs that may follow here moves it.

        What they said before and say again moves nothing: people here may have moved on since. An unknown number is
        left alone: it may have been another plant's. Return the order when its state is another one since.
        """
        while (order := self.get(number)) is not None:
            now_is = _after(order, heard)
            if now_is == order or self._heard(now_is, order.version, heard.at, heard.note):
                return None if now_is.state == order.state else now_is
        return None

    def _heard(self, order: WorkOrder, seen: int, at: int, note: str) -> bool:
        row = _row(replace(order, version=seen + 1))
        c = work_orders.c
        with writing(self._engine) as connection:
            same = (c.number == order.number, c.version == seen)
            if connection.execute(update(work_orders).where(*same).values(**row)).rowcount != 1:
                return False
            detail = f"{order.external_id} {order.external_status} {note}".strip()[:1_000]
            _note(connection, Step(order.number, seen + 1, at, "outside", "outside", detail))
        return True

    def number_of(self, suggestion: str | None) -> int | None:
        """Return the order made from a suggestion, or None."""
        if suggestion is None:
            return None
        query = select(work_orders.c.number).where(work_orders.c.suggestion == suggestion)
        with asking_database(), self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def _select(self, *wanted: Any) -> list[WorkOrder]:
        query = select(work_orders).where(*wanted).order_by(work_orders.c.number.desc()).limit(MOST)
        with asking_database(), self._engine.connect() as connection:
            return [_order(row) for row in connection.execute(query).mappings()]


def _after(order: WorkOrder, heard: Heard) -> WorkOrder:
    now_is = replace(order, external_id=heard.external_id[:200])
    if heard.status is None or heard.status == order.external_status:
        return now_is
    now_is = replace(now_is, external_status=heard.status)
    if heard.status not in MOVES[order.state]:
        return now_is
    if heard.status == "done":
        now_is = replace(
            now_is, done_at=heard.at, code=heard.code or order.code, minutes=heard.minutes or order.minutes
        )
    elif heard.status == "in_work":
        now_is = replace(now_is, started_at=heard.at)
    return replace(now_is, state=heard.status)


def _note(connection: Connection, step: Step) -> None:
    connection.execute(insert(work_order_steps).values(**asdict(step)))


def _row(order: WorkOrder) -> dict[str, object]:
    fields = ((name, getattr(order, name)) for name in WorkOrder.__dataclass_fields__)
    return {**dict(fields), "proof": msgspec.json.encode(order.proof).decode()}


def _order(row: RowMapping) -> WorkOrder:
    return WorkOrder(**{**row, "proof": msgspec.json.decode(row["proof"], type=Proof)})
