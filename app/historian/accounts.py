"""Accounts, tokens, sign-ins and the audit trail in SQL. What they mean is app.auth's business.

The rooms above define Account and Token; their classes are handed in, so that this room need not look up.
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Engine, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.domain.roles import Role
from app.historian.auth_schema import audit, sign_ins, tokens, users
from app.historian.database import asking_database

TRIES = 20
NOTHING = "0" * 64


class AccountLike(Protocol):
    """What is kept of an account."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def password_hash(self) -> str:
        """The argon2id hash."""

    @property
    def role(self) -> Role:
        """What it is for the plant."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Path prefixes."""

    @property
    def session_epoch(self) -> int:
        """Rises when all its sessions end."""

    @property
    def disabled(self) -> bool:
        """Whether it may not sign in."""


class TokenLike(Protocol):
    """What is kept of a token."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def digest(self) -> str:
        """SHA-256 of the secret."""

    @property
    def role(self) -> Role:
        """What it is for the plant."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Path prefixes."""

    @property
    def created(self) -> int:
        """UTC ms."""

    @property
    def expires(self) -> int | None:
        """UTC ms or None."""

    @property
    def revoked(self) -> int | None:
        """UTC ms or None."""


A = TypeVar("A", bound=AccountLike)
T = TypeVar("T", bound=TokenLike)


class Accounts(Generic[A, T]):
    """The account and token store, and the sign-in log. make_account, make_token: their classes, in field order."""

    def __init__(
        self,
        engine: Engine,
        make_account: Callable[[str, str, Role, tuple[str, ...], int, bool], A],
        make_token: Callable[[str, str, Role, tuple[str, ...], int, int | None, int | None], T],
    ) -> None:
        self._engine = engine
        self._make_account = make_account
        self._make_token = make_token

    def account(self, name: str) -> A | None:
        """Return the account, or None."""
        with asking_database(), self._engine.connect() as connection:
            found = connection.execute(select(users).where(users.c.name == name)).mappings().first()
        return None if found is None else self._account(found)

    def accounts(self) -> list[A]:
        """Return all accounts by name."""
        with asking_database(), self._engine.connect() as connection:
            return [self._account(row) for row in connection.execute(select(users).order_by(users.c.name)).mappings()]

    def put_account(self, account: A) -> None:
        """Create or replace it."""
        with self._engine.begin() as connection:
            connection.execute(delete(users).where(users.c.name == account.name))
            connection.execute(
                insert(users).values(
                    name=account.name,
                    password_hash=account.password_hash,
                    role=account.role.value,
                    scopes=json.dumps(account.scopes),
                    session_epoch=account.session_epoch,
                    disabled=account.disabled,
                )
            )

    def token(self, digest: str) -> T | None:
        """Return the token with this digest, or None."""
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest)).mappings().first()
        if row is None:
            return None
        scopes = tuple(json.loads(row["scopes"]))
        times = (row["created"], row["expires"], row["revoked"])
        return self._make_token(row["name"], row["digest"], Role(row["role"]), scopes, *times)

    def put_token(self, token: T) -> None:
        """Create or replace it."""
        with self._engine.begin() as connection:
            connection.execute(delete(tokens).where(tokens.c.digest == token.digest))
            connection.execute(
                insert(tokens).values(
                    digest=token.digest,
                    name=token.name,
                    role=token.role.value,
                    scopes=json.dumps(token.scopes),
                    created=token.created,
                    expires=token.expires,
                    revoked=token.revoked,
                )
            )

    def tokens(self) -> list[T]:
        """Return all tokens by name, revoked ones too."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.name, tokens.c.created)).mappings().all()
        return [
            self._make_token(
                row["name"],
                row["digest"],
                Role(row["role"]),
                tuple(json.loads(row["scopes"])),
                row["created"],
                row["expires"],
                row["revoked"],
            )
            for row in rows
        ]

    def revoke(self, digest: str, at: int) -> None:
        """Revoke a token; one that is revoked already keeps its time."""
        with self._engine.begin() as connection:
            wanted = (tokens.c.digest == digest) & tokens.c.revoked.is_(None)
            connection.execute(update(tokens).where(wanted).values(revoked=at))

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        """Write one attempt. outcome: `ok`, `wrong`, `throttled`."""
        with self._engine.begin() as connection:
            connection.execute(insert(sign_ins).values(at=at, name=name, address=address, outcome=outcome))

    def _account(self, row: RowMapping) -> A:
        scopes = tuple(json.loads(row["scopes"]))
        return self._make_account(
            row["name"], row["password_hash"], Role(row["role"]), scopes, row["session_epoch"], row["disabled"]
        )


class Audit:
    """Who did what: every row is hashed together with the one before, so that none can be changed unseen."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, at: int, who: str, what: str, where: str, detail: str) -> None:
        """Append one row. Raises the database's error when it could not be written."""
        for attempt in range(TRIES):
            try:
                self._append(at, who, what, where, detail)
            except (IntegrityError, OperationalError):
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.01 * (attempt + 1))
            else:
                return

    def _append(self, at: int, who: str, what: str, where: str, detail: str) -> None:
        with self._engine.begin() as connection:
            last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc())).first()
            number, before = (last.number + 1, last.hash) if last else (1, NOTHING)
            row = (number, at, who, what, where, detail)
            names = ("number", "at", "who", "what", "place", "detail")
            connection.execute(insert(audit).values(hash=_hash(before, row), **dict(zip(names, row, strict=True))))

    def newest(self, most: int) -> list[tuple[int, int, str, str, str, str]]:
        """Return the newest rows, newest first: number, UTC ms, who, what, where, detail."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(most)).all()
        return [(r.number, r.at, r.who, r.what, r.place, r.detail) for r in rows]

    def first_broken(self) -> int | None:
        """Return the number of the first row that does not fit the chain; None when all do."""
        before, expected = NOTHING, 1
        with self._engine.connect() as connection:
            for row in connection.execute(select(audit).order_by(audit.c.number)):
                content = tuple(row)[:-1]
                if row.number != expected or _hash(before, content) != row.hash:
                    return expected
                before, expected = row.hash, expected + 1
        return None


def _hash(before: str, row: tuple[object, ...]) -> str:
    return hashlib.sha256((before + json.dumps(row, ensure_ascii=True)).encode()).hexdigest()
