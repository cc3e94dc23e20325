"""`python -m app messages`: what goes out to people and systems; dead ones sent again."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.historian.database import Database

messages = typer.Typer(no_args_is_help=True, help="Messages to people and systems: list them, send a dead one again.")


def _database() -> "Database":
    from app.historian.database import migrate, open_database

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return database


@messages.command("list")
def show(
    state: Annotated[str | None, typer.Option(help="pending, sending, failed, sent or dead")] = None,
    most: Annotated[int, typer.Option(help="newest")] = 50,
) -> None:
    """Print the newest messages: key, state, channel, target, tries, what, where, the last answer."""
    from app.boards.messages import STATES
    from app.historian.messages import Messages

    if state is not None and state not in STATES:
        raise typer.BadParameter(f"{state}: must be one of {', '.join(STATES)}")
    store = Messages(_database())
    for found in store.newest(most, state):
        to = found.target or found.to or "-"
        row = (found.key[:12], found.state, found.channel, to, found.attempts, found.kind, found.equipment)
        typer.echo("\t".join(map(str, (*row, found.answer or ""))))
    counted = store.counts()
    typer.echo(", ".join(f"{name} {counted[name]}" for name in STATES if name in counted) or "no messages yet")


@messages.command("again")
def again(
    key: Annotated[str, typer.Argument(help="of a dead message, or its first 8 characters or more")],
) -> None:
    """Have a dead message sent again, with the id it had. An audit row says so."""
    from app.historian.accounts import Audit
    from app.historian.messages import Messages
    from app.wiring import clock

    if len(key) < 8:
        raise typer.BadParameter(f"{key}: needs 8 characters or more")
    database = _database()
    if not Messages(database).again(key, clock()):
        typer.echo(f"no dead message {key}; `messages list --state dead` shows them", err=True)
        raise typer.Exit(1)
    Audit(database).write(clock(), f"cli:{getpass.getuser()}", "message.again", key, "")
    typer.echo("it will be sent again")
