"""Who practised what, in SQL: each person's own. Every call may raise DatabaseAway."""

import msgspec
from sqlalchemy import Engine, RowMapping, insert, select, update

from app.boards.practice import PracticeRun
from app.domain.decisions.practice import Given, Scene, feedback
from app.historian.database import asking_database, writing
from app.historian.people_schema import practice_runs

MOST = 20


class PracticeRuns:
    """A kill leaves each call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, run: PracticeRun) -> None:
        """Keep that it began; whatever this person left running is ended."""
        c = practice_runs.c
        row = {"who": run.who, "started_at": run.started_at, "line": run.scene.line, "speed": run.speed}
        with writing(self._engine) as connection:
            left = update(practice_runs).where(c.who == run.who, c.ended_at.is_(None))
            connection.execute(left.values(ended_at=run.started_at))
            connection.execute(insert(practice_runs).values(**row, scene=_json(run.scene), answers="[]"))

    def give(self, who: str, started_at: int, given: Given) -> bool:
        """Append what somebody did; False when the run is over."""
        c = practice_runs.c
        here = (c.who == who, c.started_at == started_at, c.ended_at.is_(None))
        with writing(self._engine) as connection:
            known = connection.execute(select(c.answers).where(*here)).first()
            if known is None:
                return False
            answers = (*msgspec.json.decode(known[0], type=tuple[Given, ...]), given)
            return connection.execute(update(practice_runs).where(*here).values(answers=_json(answers))).rowcount == 1

    def end(self, who: str, started_at: int, now: int) -> None:
        """Keep that it ended; the first time counts."""
        c = practice_runs.c
        here = (c.who == who, c.started_at == started_at, c.ended_at.is_(None))
        with writing(self._engine) as connection:
            connection.execute(update(practice_runs).where(*here).values(ended_at=now))

    def of(self, who: str, line: str) -> list[PracticeRun]:
        """Return a person's own runs on a line, newest first."""
        c = practice_runs.c
        query = select(practice_runs).where(c.who == who, c.line == line).order_by(c.started_at.desc()).limit(MOST)
        with asking_database(), self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]


def _run(row: RowMapping) -> PracticeRun:
    scene = msgspec.json.decode(row["scene"], type=Scene)
    given = msgspec.json.decode(row["answers"], type=tuple[Given, ...])
    told = None if row["ended_at"] is None else feedback(scene, given)
    return PracticeRun(row["who"], row["started_at"], scene, row["speed"], given, row["ended_at"], told)


def _json(found: object) -> str:
    return msgspec.json.encode(found).decode()
