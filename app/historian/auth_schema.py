"""The SQL tables of accounts, tokens, sign-ins and the audit trail."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from app.historian.schema import metadata

users = Table(
    "users",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("password_hash", String(400), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("session_epoch", Integer, nullable=False),
    Column("disabled", Boolean, nullable=False),
)
"""scopes: a JSON list of path prefixes."""

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("revoked", BigInteger),
    Column("last_used", BigInteger),
)
"""last_used: UTC ms, noted every five minutes at most."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("address", String(120), nullable=False),
    Column("outcome", String(20), nullable=False),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False),
)
"""Signed out before their time; until: when their cookie would have died, UTC ms."""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", String(160), nullable=False),
    Column("what", String(80), nullable=False),
    Column("place", String(400), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""number rises by one; hash: SHA-256 over the previous row's hash and this row."""
