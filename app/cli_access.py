"""`python -m app user ...` and `python -m app token ...`: who may come in."""

import getpass
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from app.domain.interval import DAY_MS
from app.domain.roles import PEOPLE, Role
from app.settings import read

if TYPE_CHECKING:  # every verb would pay for these imports
    from app.auth.tokens import Token
    from app.auth.users import Account
    from app.historian.accounts import Accounts

users = typer.Typer(no_args_is_help=True, help="Accounts: add, list, disable, password.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens for machines (API) and wall displays: create, revoke.")
Name = Annotated[str, typer.Argument(help="account name")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="site, site/area or line path; default everywhere")]


def _store() -> "Accounts[Account, Token]":
    """Return the account and token store of the configured database."""
    from app.historian.database import migrate, open_database
    from app.web.standard import accounts_in

    settings = read()
    database = open_database(settings.database_url, settings.data)
    migrate(database)
    return accounts_in(database)


def _password() -> str:
    """Ask for a password twice at a terminal; read one line when standard input is not one."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise typer.BadParameter("the two passwords differ")
    return first


def _account(name: str) -> "Account":
    found = _store().account(name)
    if found is None:
        raise typer.BadParameter(f"no account {name!r}; `python -m app user list` shows them")
    return found


@users.command()
def add(name: Name, role: Role, scope: Scopes = None) -> None:
    """Create an account (or change its role, scope and password): python -m app user add ada admin."""
    from app.auth.guard import Invalid
    from app.auth.users import ensure_account

    try:
        ensure_account(_store(), name, _password(), role, tuple(scope or ("*",)))
    except Invalid as error:
        raise typer.BadParameter(str(error)) from error
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
    found = _account(name)
    _store().put_account(replace(found, session_epoch=found.session_epoch + 1, disabled=True))
    typer.echo(f"{name}: disabled")


@users.command()
def password(name: Name) -> None:
    """Set a new password; open sessions end: python -m app user password ada."""
    from app.auth.guard import Invalid
    from app.auth.users import hashed

    found = _account(name)
    try:
        changed = replace(found, password_hash=hashed(_password()), session_epoch=found.session_epoch + 1)
    except Invalid as error:
        raise typer.BadParameter(str(error)) from error
    _store().put_account(changed)
    typer.echo(f"{name}: password changed")


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="what it is for")],
    role: Annotated[Role, typer.Option(help="display for a wall screen")] = Role.ENGINEER,
    scope: Scopes = None,
    days: Annotated[int | None, typer.Option(help="valid for so many days; default until revoked")] = None,
) -> None:
    """Create a token and print it, the only time it is seen: python -m app token create hall-3 --role display."""
    from app.auth.tokens import issue
    from app.wiring import clock

    now = clock()
    if role not in (*PEOPLE, Role.DISPLAY):
        raise typer.BadParameter(f"role {role} cannot have a token")
    typer.echo(issue(_store(), name, role, tuple(scope or ("*",)), now, expires=now + days * DAY_MS if days else None))


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
    from app.wiring import clock

    store = _store()
    found = [token for token in store.tokens() if token.name == name and token.revoked is None]
    for token in found:
        store.revoke(token.digest, clock())
    typer.echo(f"{len(found)} token(s) revoked")
    raise typer.Exit(0 if found else 1)
