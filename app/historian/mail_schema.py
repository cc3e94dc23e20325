"""The SQL tables of subscriptions and of the letters that follow from them."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from app.historian.schema import metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("who", String(120), primary_key=True),
    Column("equipment", String(400), primary_key=True),
    Column("rhythm", String(10), primary_key=True),
    Column("address", String(254), nullable=False),
    Column("form", String(10), nullable=False),
    Column("lang", String(10), nullable=False),
    Column("since", BigInteger, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("who", String(120), nullable=False, index=True),
    Column("address", String(254), nullable=False),
    Column("equipment", String(400), nullable=False),
    Column("date", String(10), nullable=False),
    Column("shift", String(120)),
    Column("form", String(10), nullable=False),
    Column("lang", String(10), nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False, index=True),
    Column("is_again", Boolean, nullable=False),
    Column("answer", Text),
    Column("sent_at", BigInteger),
)
"""next_at: when it is tried, UTC ms; while it is being sent: when its sender counts as dead."""
