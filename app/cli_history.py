"""`python -m app backup`, `restore` and `rebuild`: history put aside, put back, and written anew."""

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import Settings, read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.domain.plant.equipment import Plant
    from app.historian.database import Database
    from app.reports.rebuild import Rebuilt

ALIVE_MS = 15_000
To = Annotated[Path, typer.Argument(help="a new file, or a folder that gets one named after the time")]
Log = Annotated[Path | None, typer.Argument(help="event log, JSONL or CSV; without it: the streams")]


def _database(settings: Settings) -> "Database":
    from app.historian.database import open_database

    return open_database(settings.database_url, settings.data)


def _fail(error: Exception) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def backup(to: To) -> None:
    """Write history, accounts and audit into one SQLite file, as of one moment, while everything runs."""
    from app.historian.accounts import Audit
    from app.historian.backup import BadBackup
    from app.historian.backup import backup as write
    from app.wiring import clock

    database = _database(read())
    try:
        file, counted = write(database, to, clock())
    except (BadBackup, OSError) as error:
        raise _fail(error) from error
    rows = f"{sum(counted.values())} rows"
    if counted:
        Audit(database).write(clock(), f"cli:{getpass.getuser()}", "backup.made", file.name, rows)
    typer.echo(f"{file}: {sum(counted.values())} rows ({_words(counted)})")


def restore(
    file: Annotated[Path, typer.Argument(help="what `backup` wrote, on SQLite or PostgreSQL")],
    *,
    over: Annotated[bool, typer.Option("--over", help="replace what the database holds")] = False,
) -> None:
    """Put a backup into the database of DATABASE_URL (or SQLite under LINESIDE_DATA), whole or not at all."""
    from app.historian.backup import BadBackup, NotEmpty
    from app.historian.backup import restore as put_back

    try:
        counted = put_back(_database(read()), file, over=over)
    except (BadBackup, NotEmpty, OSError) as error:
        raise _fail(error) from error
    typer.echo(f"restored {sum(counted.values())} rows ({_words(counted)})")
    typer.echo("what happened since the backup comes back with: python -m app rebuild")


def rebuild(log: Log = None) -> None:
    """Write history anew from the events on the streams, or from an exported log: the same figures to the last digit.

    Stop the historian meanwhile; what the events do not speak about stays as it is.
    """
    from app.historian.database import migrate
    from app.reports.readlog import UnreadableLog
    from app.wiring import plant_of

    settings = read()
    plant, database = plant_of(settings), _database(settings)
    migrate(database)
    try:
        _from_streams(settings, plant, database) if log is None else _from_log(plant, database, log)
    except (UnreadableLog, OSError) as error:
        raise _fail(error) from error


def _from_log(plant: "Plant", database: "Database", log: Path) -> None:
    from app.reports.readlog import LogReader
    from app.reports.rebuild import rebuild as write_anew

    reader = LogReader(log, plant)
    _say(str(log), write_anew(database, plant, reader.events(), None))
    if reader.refused.count:
        typer.echo(f"{reader.refused.count} lines were no events, the first: {reader.refused.shown[0]}", err=True)
        raise typer.Exit(1)


def _from_streams(settings: Settings, plant: "Plant", database: "Database") -> None:
    from app.engine.replay import Replay
    from app.reports.rebuild import rebuild as write_anew
    from app.streams.health import Health
    from app.wiring import clock, redis_client

    client = redis_client(settings)
    if any(clock() - said.at < ALIVE_MS for said in Health(client).read("historian", clock())):
        typer.echo("a historian is running: stop it first, it goes on afterwards where it stopped", err=True)
        raise typer.Exit(1)
    for line in plant.lines():
        replay = Replay(client, line)
        since = replay.since()
        done = write_anew(database, plant, replay.events(), clock(), since)
        _say(line.path, done)
        if since is not None:
            typer.echo(f"  the stream begins later than the line: hours before {_instant(since)} stay as they are")


def _say(what: str, done: "Rebuilt") -> None:
    if done.first is None or done.last is None:
        typer.echo(f"{what}: no events")
        return
    reach = f"{_instant(done.first)} to {_instant(done.last)}"
    typer.echo(f"{what}: {done.events} events, {reach}; {done.hours} hours of machines and lines told")


def _instant(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).isoformat(timespec="seconds")


def _words(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.items() if count) or "none"
