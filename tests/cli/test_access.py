"""Accounts and tokens at the command line: what is done is done, shown and audited; what is wrong is said in words."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.auth.tokens import digest_of, holder
from app.auth.users import is_right
from app.domain.roles import Role
from app.historian.accounts import Audit
from app.historian.database import migrate, open_database
from app.web.standard import accounts_in
from tests.cli.conftest import App

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"


def audited(data: Path) -> list[tuple[str, str, str]]:
    """What, about whom, and the particulars, oldest first; all by the person at this terminal."""
    database = open_database(None, data)
    rows = Audit(database).newest(100)[::-1]
    database.dispose()
    assert all(who.startswith("cli:") for _, _, who, *_ in rows)
    return [(what, where, detail) for _, _, _, what, where, detail in rows]


def test_an_account_is_made_changed_given_a_password_and_closed(app: App, tmp_path: Path) -> None:
    assert app("user", "add", "ada", "admin", said=PASSWORD + "\n").stdout == "ada: admin, everywhere\n"
    assert app("user", "add", "ada", "operator", "--scope", "leipzig/bottling", said=PASSWORD).returncode == 0
    assert app("user", "password", "ada", said="another long password\n").stdout == "ada: password changed\n"
    database = open_database(None, tmp_path)
    kept = accounts_in(database).account("ada")
    assert kept is not None
    assert (kept.role, kept.scopes, kept.session_epoch) == (Role.OPERATOR, ("leipzig/bottling",), 2)
    assert is_right(kept, "another long password")
    assert not is_right(kept, PASSWORD)
    assert app("user", "disable", "ada").stdout == "ada: disabled\n"
    assert app("user", "list").stdout == "ada\toperator\tleipzig/bottling\tdisabled\n"
    closed = accounts_in(database).account("ada")
    database.dispose()
    assert not is_right(closed, "another long password")
    assert audited(tmp_path) == [
        ("account.added", "ada", "admin at everywhere"),
        ("account.changed", "ada", "admin at everywhere -> operator at leipzig/bottling"),
        ("account.password", "ada", "changed"),
        ("account.disabled", "ada", "operator at leipzig/bottling"),
    ]


def test_a_token_is_shown_once_and_revoked_by_name(app: App, tmp_path: Path) -> None:
    secret = app("token", "create", "hall-3", "--role", "display", "--days", "2").stdout.strip()
    database = open_database(None, tmp_path)
    store = accounts_in(database)
    kept = store.token(digest_of(secret))
    assert kept is not None
    assert kept.expires == kept.created + 2 * 86_400_000
    assert holder(store, secret, kept.created).name == "token:hall-3"
    listed = app("token", "list").stdout
    assert listed == "hall-3\tdisplay\t*\tactive\n"
    assert app("token", "revoke", "hall-3").stdout == "1 token(s) revoked\n"
    assert holder(store, secret, kept.created) is None
    database.dispose()
    assert app("token", "revoke", "hall-3").returncode == 1
    rows = audited(tmp_path)
    assert rows == [
        ("token.created", "hall-3", "display at everywhere, 2 days"),
        ("token.revoked", "hall-3", "display at everywhere"),
    ]
    assert secret not in repr(rows)


@pytest.mark.parametrize(
    ("words", "said", "told"),
    [
        (("user", "add", "ada", "admin"), "short\n", "needs 10 to 256 characters"),
        (("user", "add", "ada", "king"), PASSWORD, "'king' is not one of"),
        (("user", "add", "ada", "admin", "--scope", "leipsig"), PASSWORD, "scope 'leipsig': not in the plant file"),
        (("user", "add", " ada", "admin"), PASSWORD, "no space at its ends"),
        (("user", "disable", "bob"), "", "no account 'bob'"),
        (("token", "create", "t", "--days", "0"), "", "days: must be at least 1"),
    ],
)
def test_what_is_refused_is_said_and_leaves_nothing(
    app: App, tmp_path: Path, words: tuple[str, ...], said: str, told: str
) -> None:
    done = app(*words, said=said)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.replace("│", "").split())
    assert "Traceback" not in done.stderr
    migrate(database := open_database(None, tmp_path))
    database.dispose()
    assert audited(tmp_path) == []


def test_the_audit_trail_is_listed_and_a_tampered_row_is_named(app: App, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        app("token", "create", name)
    assert app("audit", "verify").stdout == "audit trail: whole\n"
    newest = app("audit", "list", "--most", "1").stdout
    assert newest.split("\t")[0] == "3"
    assert "token.created\tthree" in newest
    database = open_database(None, tmp_path)
    with database.begin() as connection:
        connection.execute(text("UPDATE audit SET detail = 'nothing' WHERE number = 2"))
    database.dispose()
    found = app("audit", "verify")
    assert (found.returncode, found.stdout) == (1, "audit trail: row 2 does not fit the chain\n")
