"""Long exports in SQL: asked for, made by one worker at a time, handed out, deleted."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, Engine, Row, and_, delete, insert, or_, select, update

from app.boards.files import FileJob, FileQuestion
from app.historian.database import asking_database
from app.historian.files_schema import files

_SHOWN = tuple(column for column in files.c if column.name != "content")
_ASKED = ("equipment", "what", "first", "last", "form", "lang")


class Files:
    """The files of everybody. Every call may raise DatabaseAway."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, job: FileJob) -> None:
        """Keep a new one, to be made."""
        said = asdict(job)
        asked = said.pop("question")
        with asking_database(), self._engine.begin() as connection:
            connection.execute(insert(files).values(**said, **asked))

    def mine(self, who: str) -> list[FileJob]:
        """Return one person's, newest first."""
        return self._read(files.c.who == who)

    def job(self, id_: str) -> FileJob | None:
        """Return one, or None."""
        return next(iter(self._read(files.c.id == id_)), None)

    def content(self, id_: str) -> bytes | None:
        """Return the file, None when there is none (any more)."""
        with asking_database(), self._engine.connect() as connection:
            found: bytes | None = connection.execute(select(files.c.content).where(files.c.id == id_)).scalar()
        return found

    def drop(self, id_: str) -> None:
        """Delete it, made or not; its maker notices at its next step."""
        with asking_database(), self._engine.begin() as connection:
            connection.execute(delete(files).where(files.c.id == id_))

    def claim(self, now: int, until: int) -> FileJob | None:
        """Return the oldest that waits, or whose maker died, now ours to make until `until`; None: nothing waits."""
        c = files.c
        waiting = or_(c.state == "queued", and_(c.state == "running", c.until <= now))
        while True:
            found = next(reversed(self._read(waiting)), None)
            if found is None:
                return None
            taken = {"state": "running", "until": until, "attempts": found.attempts + 1, "done": 0}
            same = and_(c.id == found.id, c.attempts == found.attempts, c.state == found.state)
            if self._change(same, taken):
                return self.job(found.id)

    def step(self, job: FileJob, done: int, steps: int, until: int) -> bool:
        """Say how far it is; False when it is no longer ours to make: deleted, or taken over."""
        return self._change(_ours(job), {"done": done, "steps": steps, "until": until})

    def ready(self, job: FileJob, content: bytes, until: int) -> bool:
        """Keep the file until `until`; False when nobody wants it any more."""
        said = {"state": "ready", "content": content, "size": len(content), "until": until}
        return self._change(_ours(job), said)

    def failed(self, job: FileJob, answer: str, until: int) -> bool:
        """Say why there will be no file."""
        return self._change(_ours(job), {"state": "failed", "answer": answer, "until": until})

    def let_go(self, now: int) -> int:
        """Delete what was kept long enough, and return how many."""
        old = and_(files.c.state.in_(("ready", "failed")), files.c.until <= now)
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(delete(files).where(old)).rowcount

    def _change(self, where: ColumnElement[bool], values: dict[str, object]) -> bool:
        with asking_database(), self._engine.begin() as connection:
            return connection.execute(update(files).where(where).values(**values)).rowcount == 1

    def _read(self, where: ColumnElement[bool]) -> list[FileJob]:
        query = select(*_SHOWN).where(where).order_by(files.c.asked_at.desc(), files.c.id)
        with asking_database(), self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(query)]


def _ours(job: FileJob) -> ColumnElement[bool]:
    return and_(files.c.id == job.id, files.c.state == "running", files.c.attempts == job.attempts)


def _job(row: Row[tuple[object, ...]]) -> FileJob:
    said = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    asked = FileQuestion(**{name: said.pop(name) for name in _ASKED})
    return FileJob(question=asked, **said)
