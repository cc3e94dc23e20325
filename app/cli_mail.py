"""`python -m app mail`: sends reports; its verbs test the server, show letters, and manage subscriptions."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.commands.mail import MailDesk
    from app.historian.database import Database

mail = typer.Typer(invoke_without_command=True, help="Reports by e-mail: the process that sends them, and its verbs.")
Who = Annotated[str, typer.Argument(help="account name")]
Place = Annotated[str, typer.Argument(help="site, site/area or line path")]
Rhythm = Annotated[str, typer.Argument(help="shift: after every shift; day: after the day's last shift")]


@mail.callback()
def run(
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="send what is due now and end; 1 when a letter failed")] = False,
) -> None:
    """Send the reports people asked for, until told to stop (LINESIDE_SMTP_URL, LINESIDE_MAIL_FROM)."""
    if ctx.invoked_subcommand is not None:
        return
    from app import wiring
    from app.following import following
    from app.logs import set_up_logs

    settings = read()
    set_up_logs(settings.log_level)
    if not once:
        with following(settings.plant):
            wiring.mail(settings)
        return
    counted = wiring.postman(settings, _database(), *wiring.mail_parts(settings)).go()
    typer.echo(", ".join(f"{state} {count}" for state, count in counted.items()))
    raise typer.Exit(1 if counted["failed"] or counted["dead"] else 0)


@mail.command("test")
def trial(address: Annotated[str, typer.Argument(help="who gets it")], lang: str = "en") -> None:
    """Send a letter that only says that letters arrive: python -m app mail test ada@plant.example."""
    from app.auth.guard import Invalid
    from app.commands.mail import check_address
    from app.connectors.base import NotDelivered
    from app.mail.letter import trial_letter
    from app.wiring import clock, mail_parts

    settings = read()
    server, stationery = mail_parts(settings)
    try:
        check_address(address, settings.mail_domains)
        server.deliver(trial_letter(address, stationery, lang, clock()))
    except (Invalid, NotDelivered) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{address}: taken by {server.host}")


@mail.command("list")
def list_() -> None:
    """List all subscriptions."""
    from app.historian.mail import Subscriptions

    for s in Subscriptions(_database()).all():
        typer.echo(f"{s.who}\t{s.equipment}\t{s.rhythm}\t{s.form}\t{s.lang}\t{s.address}")


@mail.command()
def subscribe(who: Who, place: Place, rhythm: Rhythm, address: str, form: str = "pdf", lang: str = "en") -> None:
    """Subscribe somebody within their scope: python -m app mail subscribe ada site/area day ada@plant.example."""
    from app.auth.guard import Refused
    from app.boards.mail import Subscription
    from app.web.standard import accounts_in
    from app.wiring import clock, plant_of

    account = accounts_in(_database()).account(who)
    if account is None:
        raise typer.BadParameter(f"no account {who!r}; `python -m app user list` shows them")
    wanted = Subscription(who, place, rhythm, address, form, lang, clock())  # type: ignore[arg-type]
    try:
        _desk().subscribe(account.identity, wanted, plant_of(read()), f"cli:{getpass.getuser()}")
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from refused
    typer.echo(f"{who}: {place}, {rhythm}, {form} to {address}")


@mail.command()
def unsubscribe(who: Who, place: Place, rhythm: Rhythm) -> None:
    """Take a subscription back: python -m app mail unsubscribe ada site/area day."""
    from app.auth.guard import Refused

    try:
        _desk().unsubscribe(who, place, rhythm, f"cli:{getpass.getuser()}")
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from refused
    typer.echo(f"{who}: no longer {place}, {rhythm}")


@mail.command()
def outbox(
    *,
    state: Annotated[str | None, typer.Option(help="pending, sending, sent, failed or dead")] = None,
    most: Annotated[int, typer.Option(help="how many, newest first")] = 50,
) -> None:
    """Show letters and what became of them."""
    from app.historian.mail import Outbox

    for x in Outbox(_database()).newest(most, state=state):
        said = f"{x.attempts} tries" + (f": {x.answer}" if x.answer else "")
        typer.echo(f"{x.key[:12]}\t{x.state}\t{x.date} {x.shift or 'day'}\t{x.equipment}\t{x.address}\t{said}")


@mail.command()
def again(key: Annotated[str, typer.Argument(help="its first letters, as `outbox` shows them")]) -> None:
    """Have a letter that was given up tried again."""
    from app.historian.mail import Outbox
    from app.wiring import clock

    if len(key) < 8 or not Outbox(_database()).again(key, clock()):
        typer.echo(f"{key}: no dead letter of this key (8 characters or more)", err=True)
        raise typer.Exit(1)
    typer.echo(f"{key}: will be tried again")


def _database() -> "Database":
    from app.historian.database import migrate, open_database

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return database


def _desk() -> "MailDesk":
    from app.web.standard import MailSetup, mail_desk
    from app.wiring import clock

    settings = read()
    return mail_desk(_database(), MailSetup(settings.smtp_url is not None, settings.mail_domains), clock)
