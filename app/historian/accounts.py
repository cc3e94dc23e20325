"""Accounts, tokens, sign-ins and the audit trail in SQL. What they mean is app.auth's business.

The rooms above define Account and Token; their classes are handed in, so that this room need not look up.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Engine, RowMapping, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.domain.roles import Role
from app.historian.auth_schema import audit, sign_ins, tokens, users
from app.historian.away import DatabaseAway
from app.historian.database import asking_database, writing

TRIES = 20
NOTHING = "0" * 64
CHUNK = 2_000


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

    @property
    def last_used(self) -> int | None:
        """UTC ms or None."""


A = TypeVar("A", bound=AccountLike)
T = TypeVar("T", bound=TokenLike)


class Accounts(Generic[A, T]):
    """The account and token store, and the sign-in log. make_account, make_token: their classes, in field order."""

    def __init__(
        self,
        engine: Engine,
        make_account: Callable[[str, str, Role, tuple[str, ...], int, bool], A],
        make_token: Callable[[str, str, Role, tuple[str, ...], int, int | None, int | None, int | None], T],
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
            connection.execute(insert(users).values(**_columns(account)))

    def put_while(self, account: A, seen: Collection[A]) -> bool:
        """Create or replace it while every account of `seen` is still as it was read; it is among them, or is new.

        One transaction, others wait for it. False: somebody changed one of them meanwhile, nothing is done.
        """
        with asking_database():
            try:
                return self._put_while(account, {one.name: one for one in seen})
            except IntegrityError:
                return False  # two made one of this name

    def _put_while(self, account: A, seen: Mapping[str, A]) -> bool:
        query = select(users).where(users.c.name.in_({account.name, *seen})).order_by(users.c.name).with_for_update()
        change = insert(users) if account.name not in seen else update(users).where(users.c.name == account.name)
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text("BEGIN IMMEDIATE"))
            found = {row["name"]: self._account(row) for row in connection.execute(query).mappings()}
            if found == seen:
                connection.execute(change.values(**_columns(account)))
            return found == seen

    def token(self, digest: str) -> T | None:
        """Return the token with this digest, or None."""
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest)).mappings().first()
        if row is None:
            return None
        return self._token(row)

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
                    last_used=token.last_used,
                )
            )

    def used(self, digest: str, at: int) -> None:
        """Note that a token opened something; while the database is away or busy, nothing is noted."""
        with suppress(DatabaseAway), writing(self._engine) as connection:
            connection.execute(update(tokens).where(tokens.c.digest == digest).values(last_used=at))

    def tokens(self) -> list[T]:
        """Return all tokens by name, revoked ones too."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.name, tokens.c.created)).mappings().all()
        return [self._token(row) for row in rows]

    def revoke(self, digest: str, at: int) -> None:
        """Revoke a token; one that is revoked already keeps its time."""
        with self._engine.begin() as connection:
            wanted = (tokens.c.digest == digest) & tokens.c.revoked.is_(None)
            connection.execute(update(tokens).where(wanted).values(revoked=at))

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        """Write one attempt. outcome: `ok`, `wrong`, `unknown`, `disabled`, `throttled`."""
        with self._engine.begin() as connection:
            connection.execute(insert(sign_ins).values(at=at, name=name, address=address, outcome=outcome))

    def _token(self, row: RowMapping) -> T:
        scopes, times = tuple(json.loads(row["scopes"])), (row["created"], row["expires"], row["revoked"])
        return self._make_token(row["name"], row["digest"], Role(row["role"]), scopes, *times, row["last_used"])

    def _account(self, row: RowMapping) -> A:
        scopes = tuple(json.loads(row["scopes"]))
        return self._make_account(
            row["name"], row["password_hash"], Role(row["role"]), scopes, row["session_epoch"], row["disabled"]
        )


def _columns(account: AccountLike) -> dict[str, object]:
    said = {column.name: getattr(account, column.name) for column in users.columns}
    return said | {"role": account.role.value, "scopes": json.dumps(account.scopes)}


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

    def last(self) -> int:
        """Return the number of the newest row; 0 when there is none."""
        with asking_database(), self._engine.connect() as connection:
            return connection.execute(select(func.max(audit.c.number))).scalar() or 0

    def first_broken(self, after: int = 0) -> int | None:
        """Return the number of the first row behind `after` that does not fit the chain; None when all do."""
        query = select(audit).where(audit.c.number > after).order_by(audit.c.number)
        with asking_database(), self._engine.connect().execution_options(yield_per=CHUNK) as connection:
            hash_of = select(audit.c.hash).where(audit.c.number == after)
            before, expected = connection.execute(hash_of).scalar() or NOTHING, after + 1
            for row in connection.execute(query):
                content = tuple(row)[:-1]
                if row.number != expected or _hash(before, content) != row.hash:
                    return expected
                before, expected = row.hash, expected + 1
        return None


def _hash(before: str, row: tuple[object, ...]) -> str:
    return hashlib.sha256((before + json.dumps(row, ensure_ascii=True)).encode()).hexdigest()
