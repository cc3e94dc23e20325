"""Tables of quality: protocols in every version, adjustments, and what happened to each. All are append-only."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from app.historian.schema import metadata

protocols = Table(
    "adjustment_protocols",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("machine", String(400), nullable=False),
    Column("signal", String(120), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)
"""body: the AdjustmentProtocol as JSON. The highest version counts; retired: it is no longer offered."""

adjustments = Table(
    "adjustments",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("suggestion", String(400), nullable=False, unique=True),
    Column("protocol", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("machine", String(400), nullable=False),
    Column("signal", String(120), nullable=False),
    Column("unit", String(40), nullable=False),
    Column("judged", String(400), nullable=False),
    Column("from_value", Float, nullable=False),
    Column("to_value", Float, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Index("adjustments_by_machine", "judged", "asked_at"),
)

adjustment_steps = Table(
    "adjustment_steps",
    metadata,
    Column("adjustment", String(60), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120), nullable=False),
    Column("what", String(20), nullable=False),
    Column("value", Float),
    Column("note", Text),
    Column("before", Float),
)
"""What happened to an adjustment, numbered from 0 on: of two people at once, one is second."""
