"""What people did about data-quality findings: append-only."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from app.historian.schema import metadata

finding_care = Table(
    "finding_care",
    metadata,
    Column("equipment", String(400), primary_key=True),
    Column("rule", String(80), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("by", String(120), primary_key=True),
    Column("what", String(10), primary_key=True),
    Column("cause", String(20)),
    Column("note", Text),
)
