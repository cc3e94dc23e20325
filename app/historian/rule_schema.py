"""Every rules file that was saved in a browser: append-only."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from app.historian.schema import metadata

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120)),
    Column("note", Text),
    Column("text", Text, nullable=False),
)
