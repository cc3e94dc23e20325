"""Tokens: what a program or a screen on the wall shows instead of a password. Kept hashed, shown once."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from app.domain.roles import Identity, Role

PREFIX = "lns_"
USED_STEP_MS = 5 * 60_000
"""That a token is used is noted this often, not with every request."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. digest: SHA-256 of the secret, hex. expires, revoked: UTC ms or None.

    last_used: UTC ms, to five minutes; None: not since it was made, or since that is noted.
    """

    name: str
    digest: str
    role: Role
    scopes: tuple[str, ...]
    created: int
    expires: int | None = None
    revoked: int | None = None
    last_used: int | None = None

    def is_good(self, now: int) -> bool:
        """Return whether it still opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    @property
    def identity(self) -> Identity:
        """Who its holder is."""
        return Identity(f"token:{self.name}", self.role, self.scopes)


class TokenShelf(Protocol):
    """Where a new token is put (app.historian.accounts)."""

    def put_token(self, token: Token) -> None:
        """Create or replace it."""


class TokenStore(TokenShelf, Protocol):
    """Where tokens are kept (app.historian.accounts)."""

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, or None."""

    def used(self, digest: str, at: int) -> None:
        """Note that it opened something; never fails."""


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. A token is 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    store: TokenShelf, name: str, role: Role, scopes: tuple[str, ...], now: int, *, expires: int | None = None
) -> str:
    """Make a token and return its secret: the only time it is seen."""
    secret = PREFIX + secrets.token_urlsafe(32)
    store.put_token(Token(name, digest_of(secret), role, scopes, now, expires))
    return secret


def holder(store: TokenStore, secret: str, now: int) -> Identity | None:
    """Return who holds `secret`, or None when it opens nothing (any more); that it was used is noted."""
    found = store.token(digest_of(secret)) if secret.startswith(PREFIX) else None
    if found is None or not found.is_good(now):
        return None
    if found.last_used is None or now - found.last_used >= USED_STEP_MS:
        store.used(found.digest, now)
    return found.identity
