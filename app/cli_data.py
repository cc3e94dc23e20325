"""`python -m app audit ...` and `python -m app quarantine ...`: what happened, and what was refused."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.historian.accounts import Audit
    from app.streams.quarantine import Quarantine

audit = typer.Typer(no_args_is_help=True, help="The hash-chained audit trail.")
quarantine = typer.Typer(no_args_is_help=True, help="Refused events: list them with the reason, replay them.")
Line = Annotated[str, typer.Argument(help="line path or its unique tail")]


def _trail() -> "Audit":
    from app.historian.accounts import Audit
    from app.historian.database import migrate, open_database

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return Audit(database)


def _quarantine(line: str) -> tuple["Quarantine", str]:
    """Return the store and the full path of the line named by any unique tail."""
    from app.domain.plant.equipment import AmbiguousEquipment, UnknownEquipment
    from app.streams.quarantine import Quarantine
    from app.wiring import plant_of, redis_client

    settings = read()
    try:
        path = plant_of(settings).resolve(line)[0].path
    except UnknownEquipment as error:
        raise typer.BadParameter(f"{line}: the plant file has no such line or machine") from error
    except AmbiguousEquipment as error:
        raise typer.BadParameter(str(error)) from error
    return Quarantine(redis_client(settings)), path


@audit.command()
def verify() -> None:
    """Check the chain; ends with 1 and the number of the first row that was tampered with."""
    broken = _trail().first_broken()
    typer.echo("audit trail: whole" if broken is None else f"audit trail: row {broken} does not fit the chain")
    raise typer.Exit(0 if broken is None else 1)


@audit.command("list")
def list_rows(most: Annotated[int, typer.Option(help="newest rows")] = 50) -> None:
    """Print the newest rows."""
    for row in _trail().newest(most):
        typer.echo("\t".join(str(value) for value in row))


@quarantine.command("list")
def list_refused(line: Line, most: Annotated[int, typer.Option(help="newest")] = 100) -> None:
    """Print refused events of a line: id, reason, event."""
    store, path = _quarantine(line)
    for refused in store.list(path, most):
        typer.echo(f"{refused.id}\t{refused.reason}\t{refused.raw.decode(errors='replace')}")


@quarantine.command()
def replay(
    line: Line,
    entry: Annotated[str, typer.Argument(help="id, or `all`")] = "all",
    by: Annotated[str, typer.Option(help="who does it, for the audit trail")] = "command line",
) -> None:
    """Put refused events back on the line's stream, oldest first, after the plant file or mapping was mended."""
    from app.wiring import clock

    store, path = _quarantine(line)
    waiting = [r for r in reversed(store.list(path, store.count(path))) if entry in ("all", r.id)]
    if waiting:
        _trail().write(clock(), by, "quarantine.replay", path, f"{len(waiting)} event(s): {entry}")
    done = sum(store.replay(path, refused) is not None for refused in waiting)
    typer.echo(f"{done} event(s) replayed")
    raise typer.Exit(0 if done or entry == "all" else 1)
