"""The SQL tables of history, once (SQLAlchemy Core). Times are UTC ms, durations ms, ideal times ns; all 64 bit."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from app.domain.accounting.buckets import BUCKETS

metadata = MetaData()
BUCKET_COLUMNS = tuple(f"{bucket.key}_ms" for bucket in BUCKETS)
AMOUNT_COLUMNS = (
    "good",
    "reject",
    "rework",
    "ideal_ns",
    "ideal_good_ns",
    "startup_reject",
    "startup_reject_ns",
    "failures",
    "repair_ms",
    "setup_standard_ms",
    "doubtful_ms",
    "unknown_units",
)
SUMMED_COLUMNS = (*BUCKET_COLUMNS, *AMOUNT_COLUMNS)


def _ms(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


buckets = Table(
    "buckets",
    metadata,
    Column("equipment", String(400), nullable=False),
    _ms("hour"),
    Column("shift_key", String(120)),
    Column("product", String(120)),
    Column("order_id", String(120)),
    *(_ms(name) for name in SUMMED_COLUMNS),
    _ms("as_of"),
    Index("buckets_by_hour", "equipment", "hour"),
)
"""Cells; a row of line path holds the line under its convention. as_of: up to when the hour was told."""

episodes = Table(
    "episodes",
    metadata,
    Column("machine", String(400), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    _ms("end", nullable=True),
    _ms("hour"),
    Column("bucket", Integer, nullable=False),
    Column("said", Text),
    Column("reason", String(120)),
    Column("attested_by", String(120)),
    Column("note", Text),
    Column("caused_by", String(400)),
    Column("order_id", String(120)),
    Column("product", String(120)),
    Column("shift_key", String(120)),
    Column("version", BigInteger, nullable=False),
    Column("edits", Text, nullable=False),
    Index("episodes_by_hour", "machine", "hour"),
    Index("episodes_by_end", "machine", "end"),
)
"""Stretches of machines' time; hour: the UTC hour it starts in; edits: a JSON list of ids."""

orders = Table(
    "orders",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("order", String(120), primary_key=True),
    Column("product", String(120)),
    _ms("quantity", nullable=True),
    _ms("end", nullable=True),
    _ms("due", nullable=True),
)

calls = Table(
    "calls",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("call", String(40), primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("by", String(120), nullable=False),
    _ms("accepted_at", nullable=True),
    Column("accepted_by", String(120)),
    _ms("cleared_at", nullable=True),
    Column("cleared_by", String(120)),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", String(400), primary_key=True),
    Column("equipment", String(400), nullable=False),
    Column("kind", String(20), nullable=False),
    _ms("at"),
    _ms("from_ms"),
    _ms("to_ms", nullable=True),
    Column("by", String(120), nullable=False),
    Column("what", Text, nullable=False),
    Column("note", Text),
    Index("corrections_by_time", "equipment", "from_ms"),
)

shift_exceptions = Table(
    "shift_exceptions",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("date", String(10), primary_key=True),
    Column("shifts", Text, nullable=False),
    _ms("at"),
    Column("by", String(120), nullable=False),
    Column("note", Text),
)
"""Which shifts opened on a local date, as people said; shifts: a JSON list, `null` when taken back."""

findings = Table(
    "findings",
    metadata,
    Column("equipment", String(400), primary_key=True),
    Column("rule", String(80), primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    _ms("until", nullable=True),
    Column("detail", Text, nullable=False),
    Column("owner", String(120)),
    Column("count", BigInteger, nullable=False),
)

reasons = Table(
    "reasons",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("path", Text, nullable=False),
    Column("category", String(120), nullable=False),
    Column("planned", Boolean, nullable=False),
    Column("setup", Boolean, nullable=False),
    Column("failure", Boolean, nullable=False),
)
"""The plant file's reason tree, for the views; path: ids from the root with slashes, category: the first of them."""

positions = Table(
    "positions",
    metadata,
    Column("line", String(400), primary_key=True),
    Column("entry", String(60), nullable=False),
    _ms("committed_at"),
)
"""How far each line's facts stream is in SQL: changed in the same transaction as the rows it stands for."""
