"""Who may come in, changed by somebody: every change of an account, a role or a token leaves an audit row.

The row is written before the change: a kill in between leaves a row about something that did not happen, never a
change that nobody can read about.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.auth.guard import Invalid, NotFound
from app.auth.tokens import Token, issue
from app.auth.users import Account, ensure_account, hashed
from app.domain.interval import DAY_MS
from app.domain.roles import PEOPLE, Role

EVERYWHERE = ("*",)
_NAME = re.compile(r"[\w.@+-]([\w.@+ -]{0,62}[\w.@+-])?")


class Trail(Protocol):
    """The audit trail (app.historian.accounts)."""

    def write(self, at: int, who: str, what: str, where: str, detail: str) -> None:
        """Append one row: UTC ms, who did it, what, to whom or what, and the particulars; never a secret."""


class Keys(Protocol):
    """Where accounts and tokens are kept (app.historian.accounts)."""

    def account(self, name: str) -> Account | None:
        """Return the account, or None."""

    def put_account(self, account: Account) -> None:
        """Create or replace it."""

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, or None."""

    def put_token(self, token: Token) -> None:
        """Create or replace it."""

    def tokens(self) -> list[Token]:
        """Return all tokens, revoked ones too."""

    def revoke(self, digest: str, at: int) -> None:
        """Revoke a token."""


@dataclass(frozen=True, slots=True)
class Steward:
    """Changes accounts and tokens in the name of `who`."""

    keys: Keys
    trail: Trail
    who: str
    now: Callable[[], int]

    def put_account(self, name: str, password: str, role: Role, scopes: tuple[str, ...]) -> Account:
        """Create an account or give it this role, scope and password; its sessions end. Raises Invalid."""
        _check_name(name)
        before = self.keys.account(name)
        hashed(password)
        what = "account.changed" if before else "account.added"
        held = f"{before.role} at {_places(before.scopes)} -> " if before else ""
        if role in PEOPLE:
            self._write(what, name, f"{held}{role} at {_places(scopes)}")
        return ensure_account(self.keys, name, password, role, scopes)

    def disable(self, name: str) -> None:
        """Close an account and end its sessions. Raises NotFound."""
        found = self._account(name)
        self._write("account.disabled", name, f"{found.role} at {_places(found.scopes)}")
        self.keys.put_account(replace(found, session_epoch=found.session_epoch + 1, disabled=True))

    def enable(self, name: str) -> None:
        """Open a closed account again, with its password, role and scope. Raises NotFound."""
        found = self._account(name)
        self._write("account.enabled", name, f"{found.role} at {_places(found.scopes)}")
        self.keys.put_account(replace(found, session_epoch=found.session_epoch + 1, disabled=False))

    def change(self, name: str, role: Role, scopes: tuple[str, ...]) -> None:
        """Give an account another role and scope; its password stays, its sessions end. Raises NotFound, Invalid."""
        found = self._account(name)
        if role not in PEOPLE:
            raise Invalid("refused.role", role=role, roles=", ".join(PEOPLE))
        before, after = (f"{one} at {_places(places)}" for one, places in ((found.role, found.scopes), (role, scopes)))
        self._write("account.changed", name, f"{before} -> {after}")
        self.keys.put_account(replace(found, role=role, scopes=scopes, session_epoch=found.session_epoch + 1))

    def set_password(self, name: str, password: str) -> None:
        """Set a new password; its sessions end. Raises NotFound, Invalid."""
        found, made = self._account(name), hashed(password)
        self._write("account.password", name, "changed")
        self.keys.put_account(replace(found, password_hash=made, session_epoch=found.session_epoch + 1))

    def create_token(self, name: str, role: Role, scopes: tuple[str, ...], days: int | None) -> str:
        """Make a token and return its secret, the only time it is seen. days: validity, None: until it is revoked."""
        if days is not None and days < 1:
            raise Invalid("refused.days", days=days)
        _check_name(name)
        now = self.now()
        until = "until revoked" if days is None else f"{days} days"
        self._write("token.created", name, f"{role} at {_places(scopes)}, {until}")
        return issue(self.keys, name, role, scopes, now, expires=None if days is None else now + days * DAY_MS)

    def revoke_tokens(self, name: str) -> int:
        """Revoke every token of this name and return how many there were."""
        found = [token for token in self.keys.tokens() if token.name == name and token.revoked is None]
        for token in found:
            self.revoke(token)
        return len(found)

    def revoke(self, token: Token) -> None:
        """Revoke one token: it opens nothing any more."""
        self._write("token.revoked", token.name, f"{token.role} at {_places(token.scopes)}")
        self.keys.revoke(token.digest, self.now())

    def _account(self, name: str) -> Account:
        found = self.keys.account(name)
        if found is None:
            raise NotFound("refused.no_such_account", name=name[:80])
        return found

    def _write(self, what: str, where: str, detail: str) -> None:
        self.trail.write(self.now(), self.who, what, where, detail)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Invalid("refused.account_name", name=name[:80])


def _places(scopes: tuple[str, ...]) -> str:
    return "everywhere" if scopes == EVERYWHERE else ", ".join(scopes)
