"""Tables of people's own work: handovers of shifts, practice, skills."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from app.historian.schema import metadata

handovers = Table(
    "handovers",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("shift", String(120), primary_key=True),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("struck", Text, nullable=False),
    Column("items", Text),
    Column("signed_by", String(120)),
    Column("signed_at", BigInteger),
    Index("handovers_by_signing", "line", "signed_at"),
)
"""struck: a JSON list of keys; items: the sentences as signed, as JSON. A signed row never changes."""

handover_addenda = Table(
    "handover_addenda",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("shift", String(120), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("by", String(120), primary_key=True),
    Column("text", Text, nullable=False),
)
"""Append-only."""

handover_reads = Table(
    "handover_reads",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("shift", String(120), primary_key=True),
    Column("who", String(120), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Who has read a signed handover."""

practice_runs = Table(
    "practice_runs",
    metadata,
    Column("who", String(120), primary_key=True),
    Column("started_at", BigInteger, primary_key=True, autoincrement=False),
    Column("line", String(400), nullable=False),
    Column("scene", Text, nullable=False),
    Column("speed", Integer, nullable=False),
    Column("answers", Text, nullable=False),
    Column("ended_at", BigInteger),
)
"""scene, answers: as JSON. Nothing here is part of any account."""

skills = Table(
    "skills",
    metadata,
    Column("person", String(120), primary_key=True),
    Column("place", String(400), primary_key=True),
    Column("task", String(20), primary_key=True),
    Column("level", Integer, nullable=False),
    Column("until", BigInteger),
    Column("shift", String(120)),
    Column("by", String(120), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Who is qualified for what; until: UTC ms, empty: for good; shift: when they usually work, empty: any."""

skill_needs = Table(
    "skill_needs",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("task", String(20), primary_key=True),
    Column("needed", Integer, nullable=False),
)
"""How many qualified people a shift of a line needs per task; without a row: one."""
