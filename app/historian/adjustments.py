"""Protocols and adjustments in SQL: nothing is ever changed or taken away. Every call may raise DatabaseAway."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

import msgspec
from sqlalchemy import ColumnElement, Engine, RowMapping, func, insert, select
from sqlalchemy.exc import IntegrityError

from app.domain.decisions.adjusting import Adjustment, AdjustmentProtocol, Happened
from app.historian.database import asking_database, writing
from app.historian.quality_schema import adjustment_steps, adjustments, protocols


class Protocols:
    """Engineers' protocols in all their versions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, protocol: AdjustmentProtocol, *, retired: bool = False) -> bool:
        """Keep a version; False when there is one of this number already (somebody wrote at the same time)."""
        row = {
            "id": protocol.id,
            "version": protocol.version,
            "machine": protocol.machine,
            "signal": protocol.signal,
            "retired": retired,
            "body": msgspec.json.encode(protocol).decode(),
        }
        with asking_database():
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(protocols).values(**row))
            except IntegrityError:
                return False
        return True

    def newest(self, protocol: str) -> AdjustmentProtocol | None:
        """Return the newest version of a protocol, None when there is none or it is retired."""
        return next(iter(self._select(protocols.c.id == protocol)), None)

    def on(self, machines: Sequence[str]) -> list[AdjustmentProtocol]:
        """Return the newest versions of what is in use on these machines, by machine and signal."""
        return self._select(protocols.c.machine.in_(machines))

    def _select(self, wanted: ColumnElement[bool]) -> list[AdjustmentProtocol]:
        c = protocols.c
        newest = select(c.id, func.max(c.version).label("version")).group_by(c.id).subquery()
        is_newest = (newest.c.id == c.id) & (newest.c.version == c.version)
        query = select(c.body).join(newest, is_newest).where(wanted, c.retired.is_(False))
        with asking_database(), self._engine.connect() as connection:
            found = connection.execute(query.order_by(c.machine, c.signal, c.id)).scalars().all()
        return [msgspec.json.decode(body, type=AdjustmentProtocol) for body in found]


class Adjustments:
    """Adjustments and their steps; a kill leaves each call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, adjustment: Adjustment) -> str:
        """Keep a new adjustment with its first step; return its id, or the id of the one its suggestion has already."""
        row = asdict(adjustment)
        row.pop("steps")
        c = adjustments.c
        with writing(self._engine) as connection:
            known = connection.execute(select(c.id).where(c.suggestion == adjustment.suggestion)).scalar_one_or_none()
            if known is not None:
                return str(known)
            connection.execute(insert(adjustments).values(**row, asked_at=adjustment.steps[0].at))
            for step in adjustment.steps:
                connection.execute(insert(adjustment_steps).values(adjustment=adjustment.id, **step._asdict()))
        return adjustment.id

    def happened(self, adjustment: str, step: Happened) -> bool:
        """Append a step; False when somebody else was first with this number."""
        with asking_database():
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(adjustment_steps).values(adjustment=adjustment, **step._asdict()))
            except IntegrityError:
                return False
        return True

    def get(self, adjustment: str) -> Adjustment | None:
        """Return one, or None."""
        return next(iter(self._select(adjustments.c.id == adjustment, most=1)), None)

    def of(self, machines: Sequence[str], since: int, most: int = 200) -> list[Adjustment]:
        """Return the newest adjustments since (UTC ms) that should help or were made at one of these machines."""
        c = adjustments.c
        return self._select(c.judged.in_(machines) | c.machine.in_(machines), c.asked_at >= since, most=most)

    def _select(self, *wanted: ColumnElement[bool], most: int) -> list[Adjustment]:
        c, s = adjustments.c, adjustment_steps.c
        query = select(adjustments).where(*wanted).order_by(c.asked_at.desc(), c.id).limit(most)
        with asking_database(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            told = select(adjustment_steps).where(s.adjustment.in_([row["id"] for row in rows]))
            steps: dict[str, list[Happened]] = defaultdict(list)
            for row in connection.execute(told.order_by(s.n)).mappings():
                found = dict(row)
                steps[found.pop("adjustment")].append(Happened(**found))
        return [_adjustment(row, steps[row["id"]]) for row in rows]


def _adjustment(row: RowMapping, steps: Sequence[Happened]) -> Adjustment:
    kept = {key: value for key, value in row.items() if key != "asked_at"}
    return Adjustment(**kept, steps=tuple(steps))
