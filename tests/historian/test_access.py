"""Whether anybody's access may have changed: one number that moves with every change, and only then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
        pytest.param(lambda store, _: store.put_while(replace(ADA, disabled=True), [ADA]), id="closed while unchanged"),
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


def test_a_token_s_use_is_kept_and_wakes_nobody(db: Engine) -> None:
    store, access = Accounts(db, Account, Token), Access(db)
    store.put_token(TV)
    before = access.revision()
    store.used(TV.digest, 7)
    assert store.token(TV.digest) == replace(TV, last_used=7)
    assert access.revision() == before


def test_an_account_is_put_only_while_all_that_was_read_still_holds(db: Engine) -> None:
    store, bob = Accounts(db, Account, Token), replace(ADA, name="bob")
    assert store.put_while(ADA, [])
    assert not store.put_while(replace(ADA, disabled=True), []), "it is there already"
    assert not store.put_while(bob, [replace(ADA, session_epoch=2)]), "somebody changed who asks"
    assert store.put_while(bob, [ADA])
    assert not store.put_while(replace(bob, disabled=True), [ADA, replace(bob, scopes=("*",))])
    assert store.accounts() == [ADA, bob]


@pytest.mark.parametrize("round_", range(5))
def test_of_two_who_close_each_other_at_once_one_is_left(db: Engine, round_: int) -> None:
    store, one, two = Accounts(db, Account, Token), replace(ADA, name="one"), replace(ADA, name="two")
    store.put_account(one)
    store.put_account(two)
    with ThreadPoolExecutor(6) as threads:
        closed = [replace(two, disabled=True), replace(one, disabled=True)]
        done = list(threads.map(lambda account: store.put_while(account, [one, two]), closed))
        new = list(threads.map(lambda role: store.put_while(replace(ADA, name="new", role=role), []), Role))
    assert sorted(done) == [False, True]
    assert sum(new) == 1, "a new name belongs to the first who wants it"
    assert sum(store.account(name).disabled for name in ("one", "two")) == 1
