"""`python -m app user ...` and `python -m app token ...`: who may come in."""

import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.domain.roles import Role
from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.auth.steward import Steward
    from app.auth.tokens import Token
    from app.auth.users import Account
    from app.historian.accounts import Accounts
    from app.historian.database import Database

users = typer.Typer(no_args_is_help=True, help="Accounts: add, list, disable, password.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens for machines (API) and wall displays: create, revoke.")
T = TypeVar("T")
Name = Annotated[str, typer.Argument(help="account name")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="site, site/area or line path; default everywhere")]


def _database() -> "Database":
    from app.historian.database import migrate, open_database

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return database


def _store() -> "Accounts[Account, Token]":
    """Return the account and token store of the configured database."""
    from app.web.standard import accounts_in

    return accounts_in(_database())


def _steward() -> "Steward":
    """Return who changes accounts in the name of the person at this terminal; each change leaves an audit row."""
    from app.auth.steward import Steward
    from app.historian.accounts import Audit
    from app.web.standard import accounts_in
    from app.wiring import clock

    database = _database()
    return Steward(accounts_in(database), Audit(database), f"cli:{getpass.getuser()}", clock)


def _password() -> str:
    """Ask for a password twice at a terminal; read one line when standard input is not one."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise typer.BadParameter("the two passwords differ")
    return first


def _places(scope: list[str] | None) -> tuple[str, ...]:
    """Return the scopes; one that is in no plant file is a slip of the pen, not a place."""
    from app.wiring import plant_of

    if not scope or scope == ["*"]:
        return ("*",)
    plant = plant_of(read())
    known = [*(s.path for s in plant.sites), *(a.path for a in plant.areas()), *(x.path for x in plant.lines())]
    for path in scope:
        if path not in known:
            raise typer.BadParameter(f"scope {path!r}: not in the plant file; it has {', '.join(known[:8])}, ...")
    return tuple(scope)


def _refusing(work: Callable[[], T]) -> T:
    """Return what the work gives; what was refused ends the command with its words."""
    from app.auth.guard import Refused

    try:
        return work()
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from refused


@users.command()
def add(name: Name, role: Role, scope: Scopes = None) -> None:
    """Create an account (or change its role, scope and password): python -m app user add ada admin."""
    scopes = _places(scope)
    _refusing(lambda: _steward().put_account(name, _password(), role, scopes))
    typer.echo(f"{name}: {role}, {', '.join(scope or ['everywhere'])}")


@users.command("list")
def list_() -> None:
    """List all accounts."""
    for account in _store().accounts():
        state = "disabled" if account.disabled else "active"
        typer.echo(f"{account.name}\t{account.role}\t{','.join(account.scopes)}\t{state}")


@users.command()
def disable(name: Name) -> None:
    """Close an account and end its open sessions: python -m app user disable ada."""
    _refusing(lambda: _steward().disable(name))
    typer.echo(f"{name}: disabled")


@users.command()
def password(name: Name) -> None:
    """Set a new password; open sessions end: python -m app user password ada."""
    _refusing(lambda: _steward().set_password(name, _password()))
    typer.echo(f"{name}: password changed")


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="what it is for")],
    role: Annotated[Role, typer.Option(help="display for a wall screen")] = Role.ENGINEER,
    scope: Scopes = None,
    days: Annotated[int | None, typer.Option(help="valid for so many days; default until revoked")] = None,
) -> None:
    """Create a token and print it, the only time it is seen: python -m app token create hall-3 --role display."""
    scopes = _places(scope)
    typer.echo(_refusing(lambda: _steward().create_token(name, role, scopes, days)))


@tokens.command("list")
def list_tokens() -> None:
    """List all tokens; their secrets are not kept."""
    from app.wiring import clock

    for token in _store().tokens():
        state = "revoked" if token.revoked is not None else "active" if token.is_good(clock()) else "expired"
        typer.echo(f"{token.name}\t{token.role}\t{','.join(token.scopes)}\t{state}")


@tokens.command()
def revoke(name: Annotated[str, typer.Argument(help="the token's name")]) -> None:
    """Revoke every token of this name: python -m app token revoke hall-3."""
    revoked = _steward().revoke_tokens(name)
    typer.echo(f"{revoked} token(s) revoked")
    raise typer.Exit(0 if revoked else 1)
