"""Tokens: what a program or a screen on the wall shows instead of a password. Kept hashed, shown once."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from app.domain.roles import Identity, Role

PREFIX = "lns_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. digest: SHA-256 of the secret, hex. expires: UTC ms or None. revoked: UTC ms or None."""

    name: str
    digest: str
    role: Role
    scopes: tuple[str, ...]
    created: int
    expires: int | None = None
    revoked: int | None = None

    def is_good(self, now: int) -> bool:
        """Return whether it still opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    @property
    def identity(self) -> Identity:
        """Who its holder is."""
        return Identity(f"token:{self.name}", self.role, self.scopes)


class TokenStore(Protocol):
    """Where tokens are kept (app.historian.accounts)."""

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, or None."""

    def put_token(self, token: Token) -> None:
        """Create or replace it."""


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. A token is 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    store: TokenStore, name: str, role: Role, scopes: tuple[str, ...], now: int, *, expires: int | None = None
) -> str:
    """Make a token and return its secret: the only time it is seen."""
    secret = PREFIX + secrets.token_urlsafe(32)
    store.put_token(Token(name, digest_of(secret), role, scopes, now, expires))
    return secret


def holder(store: TokenStore, secret: str, now: int) -> Identity | None:
    """Return who holds `secret`, or None when it opens nothing (any more)."""
    found = store.token(digest_of(secret)) if secret.startswith(PREFIX) else None
    return found.identity if found and found.is_good(now) else None
