"""The reason tree, and read-only views for BI tools (docs/sql-views.md)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
BUCKETS = (
    "unscheduled",
    "planned_stop",
    "setup",
    "unplanned_stop",
    "starved",
    "blocked",
    "minor_stop",
    "running",
    "unknown",
)
BUSY = BUCKETS[2:]
COUNTED = ("good", "reject", "rework")
AMOUNTS = (
    "ideal_ns",
    "ideal_good_ns",
    "startup_reject",
    "startup_reject_ns",
    "failures",
    "repair_ms",
    "setup_standard_ms",
)
STOPS = ("planned_stop", "setup", "unplanned_stop", "starved", "blocked", "minor_stop")


def _at(column: str) -> str:
    """A moment as BI tools want it: a timestamp in UTC; text in ISO 8601 where the database has no timestamps."""
    if op.get_bind().dialect.name == "postgresql":
        return f"to_timestamp({column} / 1000.0)"
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {column} / 1000, 'unixepoch')"


def _level(path: str) -> str:
    return f"CASE length({path}) - length(replace({path}, '/', '')) WHEN 2 THEN 'line' ELSE 'machine' END"


def _shift(of: str) -> str:
    return f"substr({of}.shift_key, 1, 10) AS shift_date, substr({of}.shift_key, 12) AS shift"


def _named(of: str) -> str:
    cases = " ".join(f"WHEN {number} THEN '{name}'" for number, name in enumerate(BUCKETS))
    return f"CASE {of}.bucket {cases} END"


def _span(of: str, start: str, end: str) -> str:
    """Both ends as timestamps and as UTC ms."""
    names = {start: f'{of}."{start}"', end: f'{of}."{end}"'}
    return ", ".join(f"{_at(column)} AS {name}_at, {column} AS {name}_ms" for name, column in names.items())


def _hours() -> str:
    durations = ", ".join(f"b.{name}_ms" for name in BUCKETS)
    calendar = " + ".join(f"b.{name}_ms" for name in BUCKETS)
    busy, trusted = (" + ".join(f"b.{name}_ms" for name in names) for names in (BUSY, BUSY[:-1]))
    return f"""
      b.equipment, {_level("b.equipment")} AS level, {_at("b.hour")} AS hour_at, b.hour AS hour_ms,
      {_shift("b")}, b.product, b.order_id AS production_order, {durations},
      {calendar} AS calendar_ms, {busy} AS pbt_ms, {trusted} AS trusted_ms,
      b.running_ms + b.minor_stop_ms AS apt_ms,
      {", ".join(f"b.{name}" for name in COUNTED)}, b.good + b.reject + b.rework AS produced,
      {", ".join(f"b.{name}" for name in AMOUNTS)}"""


def _episodes() -> str:
    return f"""
      e.machine, {_span("e", "start", "end")}, e."end" - e.start AS duration_ms, {_named("e")} AS bucket,
      e.said, e.reason, r.path AS reason_path, r.name AS reason_name, r.category AS reason_category,
      r.failure AS is_failure, e.attested_by AS classified_by, e.note, e.caused_by,
      e.order_id AS production_order, e.product, {_shift("e")}"""


def _orders() -> str:
    return f"""
      o.line, o."order" AS production_order, o.product, o.quantity, {_span("o", "start", "end")},
      {_at("o.due")} AS due_at, o.due AS due_ms"""


def _corrections() -> str:
    return f"""
      c.id, c.equipment, c.kind, {_at("c.at")} AS made_at, c.at AS made_ms, c."by" AS made_by,
      {_at("c.from_ms")} AS from_at, c.from_ms, {_at("c.to_ms")} AS to_at, c.to_ms, c.what, c.note"""


def _findings() -> str:
    return f"""
      f.equipment, f.rule, {_span("f", "since", "until")}, f.count AS times, f.owner, f.detail"""


def _views() -> dict[str, tuple[str, str]]:
    """Return each view's columns and what they come from."""
    stopped = ", ".join(str(BUCKETS.index(name)) for name in STOPS)
    reasons = "episodes e LEFT JOIN reasons r ON r.id = e.reason"
    return {
        "bi_hours": (_hours(), "buckets b"),
        "bi_episodes": (_episodes(), reasons),
        "bi_stops": (_episodes(), f"{reasons} WHERE e.bucket IN ({stopped})"),
        "bi_orders": (_orders(), "orders o"),
        "bi_corrections": (_corrections(), "corrections c"),
        "bi_findings": (_findings(), "findings f"),
    }


def upgrade() -> None:
    """Make the table and the views."""
    op.create_table(
        "reasons",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("setup", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, (columns, source) in _views().items():
        query = " ".join(("CREATE VIEW", name, "AS SELECT", columns, "FROM", source))
        op.execute(sa.text(query.replace(":", "\\:")))
