"""Plans asked for, made and accepted, in SQL. Every call may raise DatabaseAway."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update

from app.domain.decisions.remedies import Costs, Solved
from app.historian.database import asking_database, writing
from app.historian.plan_schema import plan_costs, plans

PlanState = Literal["asked", "solving", "done", "failed"]
KEPT = 50
_solved = msgspec.json.Decoder(Solved)


class PlanRow(NamedTuple):
    """A plan as it stands. progress: 0 to 1; demand: the stand of demand it is for; solved None: nothing found yet."""

    id: int
    site: str
    state: PlanState
    asked_at: int
    asked_by: str
    changed_at: int
    demand: str
    progress: float
    solved: Solved | None
    accepted_at: int | None
    accepted_by: str | None


class Plans:
    """Keeps plans; a kill leaves a call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, site: str, demand: str, now: int, by: str) -> int:
        """Ask for a plan and return its number; one that still waits is the same."""
        c = plans.c
        with writing(self._engine) as connection:
            waiting = connection.execute(select(c.id).where(c.site == site, c.state == "asked")).scalar()
            if waiting is not None:
                return int(waiting)
            row = {"site": site, "state": "asked", "asked_at": now, "asked_by": by, "changed_at": now}
            made = connection.execute(insert(plans).values(**row, demand=demand, progress=0.0))
            return int(made.inserted_primary_key[0])  # type: ignore[index]

    def put(self, site: str, demand: str, solved: Solved, now: int, by: str) -> int:
        """Keep a plan that somebody made by hand and return its number."""
        row = {"site": site, "state": "done", "asked_at": now, "asked_by": by, "changed_at": now, "progress": 1.0}
        with writing(self._engine) as connection:
            made = connection.execute(insert(plans).values(**row, demand=demand, body=_text(solved)))
            return int(made.inserted_primary_key[0])  # type: ignore[index]

    def waiting(self) -> list[PlanRow]:
        """Return what was asked for and is not finished, oldest first; a kill while solving leaves it here."""
        return self._select(plans.c.state.in_(("asked", "solving")), by=(plans.c.id,))

    def say(self, plan: int, state: PlanState, progress: float, solved: Solved | None, now: int) -> None:
        """Keep how far a plan is, and the best so far."""
        said: dict[str, object] = {"state": state, "progress": progress, "changed_at": now}
        if solved is not None:
            said["body"] = _text(solved)
        with writing(self._engine) as connection:
            connection.execute(update(plans).where(plans.c.id == plan).values(**said))

    def stands_for(self, plan: int, demand: str) -> None:
        """Keep which stand of demand a plan was made for."""
        with writing(self._engine) as connection:
            connection.execute(update(plans).where(plans.c.id == plan).values(demand=demand))

    def retime(self, plan: int, solved: Solved, now: int) -> None:
        """Keep a plan's new predictions."""
        with writing(self._engine) as connection:
            changed = update(plans).where(plans.c.id == plan)
            connection.execute(changed.values(body=_text(solved), changed_at=now))

    def accepted(self, site: str) -> PlanRow | None:
        """Return the plan the site works by."""
        c = plans.c
        found = self._select(c.site == site, c.accepted_at.is_not(None), by=(c.accepted_at.desc(), c.id.desc()))
        return next(iter(found), None)

    def newest(self, site: str) -> PlanRow | None:
        """Return the plan that was asked for last."""
        return next(iter(self._select(plans.c.site == site, by=(plans.c.id.desc(),))), None)

    def get(self, plan: int) -> PlanRow | None:
        """Return a plan by number."""
        return next(iter(self._select(plans.c.id == plan, by=(plans.c.id,))), None)

    def accept(self, plan: int, site: str, saw: int | None, now: int, by: str) -> bool:
        """Keep that the site works by a plan; False when it works by another one than `saw` by now."""
        c = plans.c
        newest = select(func.max(c.accepted_at)).where(c.site == site)
        with writing(self._engine) as connection:
            own = select(c.id).where(c.site == site, c.accepted_at.is_not(None))
            held = connection.execute(own.order_by(c.accepted_at.desc(), c.id.desc()).limit(1)).scalar()
            if held != saw:
                return False
            latest = connection.execute(newest).scalar()
            at = now if latest is None else max(now, int(latest) + 1)
            connection.execute(update(plans).where(c.id == plan).values(accepted_at=at, accepted_by=by))
            old = select(c.id).where(c.site == site).order_by(c.id.desc()).offset(KEPT)
            connection.execute(delete(plans).where(c.id.in_(list(connection.execute(old).scalars())), c.id != plan))
            return True

    def costs(self, site: str) -> Costs:
        """Return what things cost at a site."""
        c = plan_costs.c
        query = select(c.extra_hour, c.setup_hour, c.late_hour).where(c.site == site)
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Costs() if row is None else Costs(*row)

    def put_costs(self, site: str, costs: Costs) -> None:
        """Keep what things cost at a site."""
        with writing(self._engine) as connection:
            row, own = asdict(costs), plan_costs.c.site == site
            if not connection.execute(update(plan_costs).where(own).values(**row)).rowcount:
                connection.execute(insert(plan_costs).values(site=site, **row))

    def _select(self, *wanted: object, by: Sequence[object]) -> list[PlanRow]:
        query = select(plans).where(*wanted).order_by(*by).limit(KEPT)  # type: ignore[arg-type]
        with asking_database(), self._engine.connect() as connection:
            return [_row(row) for row in connection.execute(query).mappings()]


def _row(row: RowMapping) -> PlanRow:
    said = dict(row)
    body = said.pop("body")
    return PlanRow(**said, solved=None if body is None else _solved.decode(body))


def _text(solved: Solved) -> str:
    return msgspec.json.encode(solved).decode()
