"""The SQL tables of what goes out to people and systems."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from app.historian.schema import metadata

messages = Table(
    "messages",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("kind", String(80), nullable=False),
    Column("to", String(20), nullable=False),
    Column("equipment", String(400), nullable=False),
    Column("body", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("target", String(60), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("is_again", Boolean, nullable=False),
    Column("answer", Text),
    Column("sent_at", BigInteger),
    Index("messages_due", "state", "next_at"),
    Index("messages_by_time", "created"),
)
"""target "": not addressed yet; next_at: when it is tried; while it is being sent: when its sender counts as dead."""

delivery_marks = Table(
    "delivery_marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""How far work orders were told (`out`) and heard (`in`), UTC ms of their last change."""
