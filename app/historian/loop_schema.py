"""Tables of the decision loop's spine: what was suggested, decided and brought, and the memory of process values."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from app.historian.schema import metadata

suggestions = Table(
    "suggestions",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("flow", String(20), nullable=False),
    Column("rule", String(120), nullable=False),
    Column("equipment", String(400), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("body", Text, nullable=False),
    Column("put_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("verdict", String(20)),
    Column("by", String(120)),
    Column("decided_at", BigInteger),
    Column("note", Text),
    Column("reference", String(200)),
    Column("acting_at", BigInteger),
    Index("suggestions_by_place", "equipment", "decided_at"),
)
"""body: the Suggestion as JSON; verdict to reference: the Decision, empty while nobody decided.

acting_at: since when somebody carries it out, UTC ms; empty when nobody does, or it is done.
"""

outcomes = Table(
    "outcomes",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("low", Float),
    Column("mid", Float),
    Column("high", Float),
    Column("n_before", Integer, nullable=False),
    Column("n_after", Integer, nullable=False),
    Column("word", Text, nullable=False),
)
"""The newest measurement of each decision."""

trends = Table(
    "trends",
    metadata,
    Column("machine", String(400), primary_key=True),
    Column("signal", String(120), primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("minutes", LargeBinary, nullable=False),
)
"""Process values by machine, signal and UTC hour; minutes: msgpack list of [minute 0-59, n, mean, low, high]."""

decider_positions = Table(
    "decider_positions",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("entry", String(60), nullable=False),
)
"""How far each line's event stream is in `trends`: changed in the same transaction."""
