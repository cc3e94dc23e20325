"""Tables of maintenance: work orders with their history, plans, and what was last found of each machine's health."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from app.historian.schema import metadata

work_orders = Table(
    "work_orders",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("machine", String(400), nullable=False),
    Column("title", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("slot_from", BigInteger),
    Column("slot_to", BigInteger),
    Column("started_at", BigInteger),
    Column("done_at", BigInteger),
    Column("code", String(120)),
    Column("note", Text),
    Column("suggestion", String(400), unique=True),
    Column("stop", String(440)),
    Column("external_id", String(200)),
    Column("external_status", String(80)),
    Column("proof", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("change_over", String(120)),
    Column("change_over_from", BigInteger),
    Index("work_orders_by_machine", "machine", "state"),
    Index("work_orders_by_change", "changed_at"),
)
"""proof: app.domain.decisions.work.Proof as JSON. A suggestion is made into one order at most."""

work_order_steps = Table(
    "work_order_steps",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120), nullable=False),
    Column("what", String(40), nullable=False),
    Column("detail", Text, nullable=False),
)
"""Append-only: a row with each version of an order."""

work_plans = Table(
    "work_plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("machine", String(400), nullable=False),
    Column("task", String(200), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("every_run_h", Float),
    Column("every_cycles", BigInteger),
    Index("work_plans_by_machine", "machine"),
)

machine_health = Table(
    "machine_health",
    metadata,
    Column("machine", String(400), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""body: app.domain.decisions.health.Health as JSON."""
