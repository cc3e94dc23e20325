"""Every plant file that was in use: append-only."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from app.historian.schema import metadata

plant_versions = Table(
    "plant_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120)),
    Column("note", Text),
    Column("texts", Text, nullable=False),
)
