"""`python -m app demand`: orders from a CSV file into the demand that the schedule is made of."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read

demand = typer.Typer(no_args_is_help=True, help="What is wanted: load a CSV of orders.")


@demand.callback()
def _group() -> None:
    """Keep `load` a verb of its own, though it is the only one."""


@demand.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV: order, product, quantity, due, ...")],
    *,
    shift_to_now: Annotated[
        bool, typer.Option("--shift-to-now", help="move all times: the first order is due in twelve working hours")
    ] = False,
) -> None:
    """Take the good rows of a file; print the others with what would be right, and end with 1 when there are any."""
    from app.commands.demand_file import load_file
    from app.historian.accounts import Audit
    from app.historian.database import migrate, open_database
    from app.text.translate import t
    from app.wiring import clock, plant_of

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    try:
        taken = load_file(plant_of(settings), database, Audit(database), file, clock(), shift_to_now=shift_to_now)
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file}: {error}") from error
    for wrong in taken.wrong:
        typer.echo(f"{file}:{wrong.row + 1}: {wrong.column}: {t(wrong.what.key, 'en', **wrong.what.fields)}", err=True)
    typer.echo(f"{len(taken.wanted)} order(s) taken, {len(taken.wrong)} not")
    if taken.wrong:
        raise typer.Exit(1)
