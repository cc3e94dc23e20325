"""Protocols, adjustments and what happened to them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "adjustment_protocols",
        sa.Column("id", sa.String(length=60), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("machine", sa.String(length=400), nullable=False),
        sa.Column("signal", sa.String(length=120), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "adjustments",
        sa.Column("id", sa.String(length=60), primary_key=True),
        sa.Column("suggestion", sa.String(length=400), nullable=False, unique=True),
        sa.Column("protocol", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=400), nullable=False),
        sa.Column("signal", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("judged", sa.String(length=400), nullable=False),
        sa.Column("from_value", sa.Float(), nullable=False),
        sa.Column("to_value", sa.Float(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("adjustments_by_machine", "adjustments", ["judged", "asked_at"])
    op.create_table(
        "adjustment_steps",
        sa.Column("adjustment", sa.String(length=60), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    )
