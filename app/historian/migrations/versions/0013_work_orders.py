"""Work orders with their history, maintenance plans, machines' health."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    _orders()
    op.create_table(
        "work_order_steps",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_table(
        "work_plans",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("machine", sa.String(length=400), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("every_run_h", sa.Float(), nullable=True),
        sa.Column("every_cycles", sa.BigInteger(), nullable=True),
    )
    op.create_index("work_plans_by_machine", "work_plans", ["machine"])
    op.create_table(
        "machine_health",
        sa.Column("machine", sa.String(length=400), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )


def _orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("machine", sa.String(length=400), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("slot_from", sa.BigInteger(), nullable=True),
        sa.Column("slot_to", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("suggestion", sa.String(length=400), nullable=True, unique=True),
        sa.Column("stop", sa.String(length=440), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("external_status", sa.String(length=80), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("work_orders_by_machine", "work_orders", ["machine", "state"])
    op.create_index("work_orders_by_change", "work_orders", ["changed_at"])
