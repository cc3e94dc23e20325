"""Whether anybody's access may have changed: one number that moves with every change, and only then."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.auth.tokens import Token
from app.auth.users import Account
from app.domain.roles import Role
from app.historian.access import Access
from app.historian.accounts import Accounts
from app.historian.sessions import EndedSessions

ADA = Account("ada", "hash", Role.OPERATOR, ("site/area",), session_epoch=1, disabled=False)
TV = Token("tv", "d" * 64, Role.DISPLAY, ("*",), 1)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store, _: store.put_account(replace(ADA, role=Role.ENGINEER)), id="role"),
        pytest.param(lambda store, _: store.put_account(replace(ADA, scopes=("site/area/line",))), id="scope"),
        pytest.param(lambda store, _: store.put_account(replace(ADA, session_epoch=2)), id="signed out everywhere"),
        pytest.param(lambda store, _: store.put_account(replace(ADA, disabled=True)), id="disabled"),
        pytest.param(lambda store, _: store.put_token(replace(TV, revoked=5)), id="token revoked"),
        pytest.param(lambda _, ended: ended.revoke("one session", 1_000), id="signed out"),
    ],
)
def test_every_change_moves_it_and_a_sign_in_does_not(
    db: Engine, change: Callable[[Accounts, EndedSessions], None]
) -> None:
    store, access = Accounts(db, Account, Token), Access(db)
    store.put_account(ADA)
    store.put_token(TV)
    before = access.revision()
    store.signed_in(7, "ada", "127.0.0.1", "ok")
    assert access.revision() == before
    change(store, EndedSessions(db, lambda: 9))
    assert access.revision() != before
