"""Tables of the schedule: what is wanted, plans asked for and made, what things cost."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text

from app.historian.schema import metadata

demand_orders = Table(
    "demand_orders",
    metadata,
    Column("order", String(120), primary_key=True),
    Column("product", String(120), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("place", String(400), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("earliest", BigInteger),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("source", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120), nullable=False),
    Index("demand_by_due", "state", "due"),
)
"""One row an order; version: how often it was said anew; at, by: when and who said it last."""

plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", String(120), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("demand", String(80), nullable=False),
    Column("progress", Float, nullable=False),
    Column("body", Text),
    Column("accepted_at", BigInteger),
    Column("accepted_by", String(120)),
    Index("plans_by_site", "site", "accepted_at"),
)
"""state: asked, solving, done, failed; demand: of which stand of demand it is; body: the Solved plan as JSON."""

plan_costs = Table(
    "plan_costs",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("extra_hour", Float, nullable=False),
    Column("setup_hour", Float, nullable=False),
    Column("late_hour", Float, nullable=False),
)
"""Money per hour of an extra shift, of set-up and of lateness, by site."""
