"""Opens the database: SQLite in WAL mode under the data folder, or PostgreSQL; brings its tables up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.historian.away import BadDatabaseUrl, DatabaseAway

Database = Engine
"""What rooms above call the open database; they know no SQL."""
FILE = "lineside.sqlite"
BUSY_MS = 15_000
DRIVERS = {
    **dict.fromkeys(("postgres", "postgresql", "postgresql+psycopg"), "postgresql+psycopg"),
    **dict.fromkeys(("sqlite", "sqlite+pysqlite"), "sqlite+pysqlite"),
}
_RIGHT = "right would be postgresql://user:password@host:5432/name or sqlite:////folder/name.sqlite"
_MIGRATION_LOCK = 0x4C494E45


@contextmanager
def asking_database() -> Iterator[None]:
    """Turn the driver's errors into DatabaseAway."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseAway(f"the database does not answer: {str(error.orig).strip().splitlines()[0]}") from error


def open_database(url: str | None, data: Path) -> Engine:
    """Return the engine of `url` (PostgreSQL, SQLite); None: SQLite under `data`, which is made. No tables yet.

    Raises BadDatabaseUrl.
    """
    if url is None:
        data.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{(data / FILE).resolve()}"
    address = _address(url)
    engine = create_engine(address, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise BadDatabaseUrl(f"DATABASE_URL: not understood; {_RIGHT}") from error
    driver = DRIVERS.get(address.drivername)
    if driver is None:
        raise BadDatabaseUrl(f"DATABASE_URL: unknown kind of database {address.drivername!r}; {_RIGHT}")
    return address.set(drivername=driver)


def migrate(engine: Engine) -> None:
    """Bring the tables up to date; two processes that start together do it one after the other.

    A kill leaves the last finished migration (each is one transaction). Raises DatabaseAway.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with asking_database(), engine.begin() as connection:
        _lock(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is committed at the end, or not at all. Raises DatabaseAway."""
    with asking_database(), engine.begin() as connection:
        yield connection


def revision(engine: Engine) -> str | None:
    """Return which migration the tables are at; None before the first. Raises DatabaseAway."""
    with asking_database(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def _prepare_sqlite(connection: SqliteConnection, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
