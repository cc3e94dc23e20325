"""Units made in unknown time: counted, but in no ratio; in the hours and in the view of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"
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
AMOUNTS = (
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


def _hours() -> str:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    at = "to_timestamp(hour / 1000.0)" if is_postgres else "strftime('%Y-%m-%dT%H:%M:%SZ', hour / 1000, 'unixepoch')"
    every, busy, trusted = (" + ".join(f"{name}_ms" for name in names) for names in (BUCKETS, BUSY, BUSY[:-1]))
    return f"""equipment,
      CASE length(equipment) - length(replace(equipment, '/', '')) WHEN 2 THEN 'line' ELSE 'machine' END AS level,
      {at} AS hour_at, hour AS hour_ms, substr(shift_key, 1, 10) AS shift_date, substr(shift_key, 12) AS shift,
      product, order_id AS production_order, {", ".join(f"{name}_ms" for name in BUCKETS)},
      {every} AS calendar_ms, {busy} AS pbt_ms, {trusted} AS trusted_ms, running_ms + minor_stop_ms AS apt_ms,
      good, reject, rework, good + reject + rework AS produced, {", ".join(AMOUNTS)}"""


def upgrade() -> None:
    """Add the column; hours told before have all their units in known time, as they were counted then."""
    op.add_column("buckets", sa.Column("unknown_units", sa.BigInteger(), nullable=False, server_default="0"))
    create = "CREATE OR REPLACE VIEW"
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP VIEW bi_hours")
        create = "CREATE VIEW"
    query = " ".join((create, "bi_hours AS SELECT", _hours(), "FROM buckets"))
    op.execute(sa.text(query.replace(":", "\\:")))
