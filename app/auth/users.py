"""Accounts: who there is, what they are, and the only place where a password is looked at."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.auth.guard import Invalid
from app.domain.roles import PEOPLE, Identity, Role

MIN_PASSWORD = 10
MAX_PASSWORD = 256
_PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"
"""What is read and typed without mistakes: no i, l, o, 0, 1."""
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. session_epoch rises when all their open sessions have to end. disabled: may not sign in."""

    name: str
    password_hash: str
    role: Role
    scopes: tuple[str, ...]
    session_epoch: int = 0
    disabled: bool = False

    @property
    def identity(self) -> Identity:
        """Who they are for the rest of the system."""
        return Identity(self.name, self.role, self.scopes)


class AccountShelf(Protocol):
    """Where an account is looked up and put (app.historian.accounts)."""

    def account(self, name: str) -> Account | None:
        """Return the account, or None."""

    def put_account(self, account: Account) -> None:
        """Create or replace it."""


class AccountStore(AccountShelf, Protocol):
    """Where accounts are kept (app.historian.accounts)."""

    def put_while(self, account: Account, seen: Collection[Account]) -> bool:
        """Create or replace it while every account of `seen` is still as it was read; return whether it was done."""


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def is_right(account: Account | None, password: str) -> bool:
    """Return whether `password` opens `account`; takes as long for an account that does not exist."""
    try:
        _hasher.verify(account.password_hash if account else _nobody(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return account is not None and not account.disabled


def hashed(password: str) -> str:
    """Return the argon2id hash. Raises Invalid when the password is too short or too long to be one."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Invalid("refused.password", least=MIN_PASSWORD, most=MAX_PASSWORD, long=len(password))
    return _hasher.hash(password)


def made_password() -> str:
    """Return a password nobody has had: 16 characters in groups, 79 random bits, easy to type at a machine."""
    return "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(4))


def ensure_account(store: AccountShelf, name: str, password: str, role: Role, scopes: tuple[str, ...]) -> Account:
    """Return the account `name` with exactly this password, role and scopes, made or changed where it is not so.

    A changed account ends its open sessions. Raises Invalid for a role that is not a person's or a bad password.
    """
    if role not in PEOPLE:
        raise Invalid("refused.role", role=role, roles=", ".join(PEOPLE))
    found = store.account(name)
    if found and is_right(found, password) and (found.role, found.scopes) == (role, scopes):
        return found
    epoch = found.session_epoch + 1 if found else 0
    made = Account(name, hashed(password), role, scopes, epoch)
    store.put_account(made)
    return made


def sign_out_everywhere(store: AccountStore, name: str) -> None:
    """End every open session of `name`; unknown names are nobody's business.

    Whoever changes the account in this moment has ended them too, and that change stands.
    """
    found = store.account(name)
    if found:
        store.put_while(replace(found, session_epoch=found.session_epoch + 1), [found])
