"""Backup and restore: one SQLite file holds everything, whichever database it comes from or goes to.

So a backup can be looked into with any SQL tool, and history moves from SQLite to PostgreSQL by a backup and a restore.
Rows are copied after `migrate`, which knows every table there is: none is named here, none can be forgotten.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, func, insert, select, text
from sqlalchemy import table as named

from app.historian.database import asking_database, migrate, open_database, revision
from app.historian.schema import metadata

CHUNK = 2_000


class BadBackup(ValueError):
    """The file cannot be written or read as a backup; the text says why and what would be right."""


class NotEmpty(RuntimeError):
    """There is history already where a backup should go; the text names the tables."""


def backup(engine: Engine, to: Path, now: int) -> tuple[Path, Mapping[str, int]]:
    """Write everything as of one moment into a new file; return it and the rows of each table.

    to: a file that does not exist yet, or a folder (the file is then named after `now`, UTC ms). Others may go on
    writing meanwhile. A kill leaves no file of that name. Raises BadBackup, DatabaseAway.
    """
    if to.is_dir():
        to = to / f"lineside-{datetime.fromtimestamp(now / 1000, UTC):%Y%m%dT%H%M%SZ}.sqlite"
    if to.exists():
        raise BadBackup(f"{to}: exists; a backup never replaces another file")
    if not to.parent.is_dir():
        raise BadBackup(f"{to.parent}: no such folder")
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with asking_database():
            (_copy_file if engine.dialect.name == "sqlite" else _copy_rows_out)(engine, part)
        counted = _counted(part)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return to, counted


def _copy_file(engine: Engine, to: Path) -> None:
    """SQLite's own online backup; the copy needs no second file beside it."""
    raw = engine.raw_connection()
    with closing(raw), closing(sqlite3.connect(to)) as copy:
        raw.driver_connection.backup(copy)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode=DELETE")


def _copy_rows_out(engine: Engine, to: Path) -> None:
    copy = open_database(f"sqlite:///{to}", to.parent)
    migrate(copy)
    if revision(engine) != revision(copy):
        raise BadBackup("the database is not up to date with this version; start the historian once, it migrates")
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as source, copy.begin() as target:
        _copy(source, target)
    with copy.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=DELETE"))
    copy.dispose()


def restore(engine: Engine, file: Path, *, over: bool = False) -> Mapping[str, int]:
    """Put a backup into the database, in one transaction; return the rows of each table.

    over: replace what is there. An older backup is brought up to date on the way. A kill leaves what was before.
    Raises BadBackup, NotEmpty, DatabaseAway.
    """
    with tempfile.TemporaryDirectory(prefix="lineside-restore-") as folder:
        copied = Path(folder, "backup.sqlite")
        _check(file)
        shutil.copyfile(file, copied)
        source = open_database(f"sqlite:///{copied}", copied.parent)
        try:
            migrate(source)
        except CommandError as error:
            raise BadBackup(f"{file}: of a newer version than this one: {error}") from error
        migrate(engine)
        with asking_database(), source.connect() as held, engine.begin() as target:
            _make_room(target, over=over)
            counted = _copy(held, target)
            _go_on_counting(target)
        source.dispose()
    return counted


def _check(file: Path) -> None:
    if not file.is_file():
        raise BadBackup(f"{file}: no such file")
    try:
        with closing(sqlite3.connect(f"file:{file.resolve()}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA quick_check").fetchone()[0]
            has_history = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'buckets'").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"{file}: no backup: {error}") from error
    if said != "ok" or not has_history:
        raise BadBackup(f"{file}: " + ("no backup: there is no history in it" if said == "ok" else f"damaged: {said}"))


def _make_room(connection: Connection, *, over: bool) -> None:
    for table in reversed(metadata.sorted_tables):
        if over:
            connection.execute(table.delete())
        elif connection.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise NotEmpty(f"the database holds rows already, in {table.name} for one; --over replaces everything")


def _copy(source: Connection, target: Connection) -> Mapping[str, int]:
    counted = {}
    for table in metadata.sorted_tables:
        counted[table.name] = 0
        for rows in _chunks(source, table):
            target.execute(insert(table), rows)
            counted[table.name] += len(rows)
    return counted


def _chunks(source: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    found = source.execution_options(yield_per=CHUNK).execute(select(table)).mappings()
    for rows in found.partitions():
        yield [dict(row) for row in rows]


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL numbers rows from sequences that rows put in do not move."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
            highest = None if sequence is None else connection.execute(select(func.max(column))).scalar()
            if highest is not None:
                connection.execute(select(func.setval(sequence, highest)))


def _counted(file: Path) -> Mapping[str, int]:
    with closing(sqlite3.connect(file)) as copy:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [name for (name,) in copy.execute(tables) if name != "alembic_version"]
        counting = {name: str(select(func.count()).select_from(named(name))) for name in names}
        return {name: copy.execute(query).fetchone()[0] for name, query in counting.items()}
