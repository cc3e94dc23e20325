"""The SQL table of long exports; the files themselves are in it, so that every web worker can hand them out."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from app.historian.schema import metadata

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("who", String(120), nullable=False, index=True),
    Column("equipment", String(400), nullable=False),
    Column("what", String(10), nullable=False),
    Column("first", String(10), nullable=False),
    Column("last", String(10), nullable=False),
    Column("form", String(10), nullable=False),
    Column("lang", String(10), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("answer", Text),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary),
)
"""until: while it is made, when its maker counts as dead; afterwards, when it is deleted; UTC ms."""
