"""Maintenance plans, and what was last found of each machine's health. Every call may raise DatabaseAway."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import msgspec
from sqlalchemy import Engine, delete, insert, select, update

from app.domain.decisions.health import Health
from app.domain.decisions.work import WorkPlan
from app.historian.database import asking_database, writing
from app.historian.work_schema import machine_health, work_plans


class WorkPlans:
    """Work that is due by run time or cycles."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, plan: WorkPlan) -> int:
        """Keep a new plan and return its id."""
        row = asdict(plan)
        row.pop("id")
        with writing(self._engine) as connection:
            made = connection.execute(insert(work_plans).values(**row))
            return int(made.inserted_primary_key[0])  # type: ignore[index]

    def of(self, machines: Sequence[str]) -> list[WorkPlan]:
        """Return the plans of machines, by machine and task."""
        c = work_plans.c
        query = select(work_plans).where(c.machine.in_(machines)).order_by(c.machine, c.task, c.id)
        with asking_database(), self._engine.connect() as connection:
            return [WorkPlan(**row) for row in connection.execute(query).mappings()]

    def get(self, plan: int) -> WorkPlan | None:
        """Return one, or None."""
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(select(work_plans).where(work_plans.c.id == plan)).mappings().one_or_none()
        return None if row is None else WorkPlan(**row)

    def done(self, plan: int, at: int) -> bool:
        """Begin its interval anew; False when it is no more, or was done later than that."""
        c = work_plans.c
        with writing(self._engine) as connection:
            change = update(work_plans).where(c.id == plan, c.last_at < at).values(last_at=at)
            return connection.execute(change).rowcount == 1

    def drop(self, plan: int) -> bool:
        """Forget it; return whether it was there."""
        with writing(self._engine) as connection:
            return connection.execute(delete(work_plans).where(work_plans.c.id == plan)).rowcount == 1


class Healths:
    """The newest picture of each machine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, found: Sequence[Health]) -> None:
        """Keep them in place of what was known of the same machines."""
        with writing(self._engine) as connection:
            for health in found:
                body = msgspec.json.encode(health).decode()
                connection.execute(delete(machine_health).where(machine_health.c.machine == health.machine))
                connection.execute(insert(machine_health).values(machine=health.machine, at=health.at, body=body))

    def of(self, machines: Sequence[str]) -> Mapping[str, Health]:
        """Return what is known, by machine; nothing of those that were never looked at."""
        query = select(machine_health.c.body).where(machine_health.c.machine.in_(machines))
        with asking_database(), self._engine.connect() as connection:
            found = [msgspec.json.decode(body, type=Health) for body in connection.execute(query).scalars()]
        return {health.machine: health for health in found}
