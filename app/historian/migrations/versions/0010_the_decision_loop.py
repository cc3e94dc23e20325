"""Suggestions, outcomes and the memory of process values."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    _spine()
    _memory()


def _spine() -> None:
    op.create_table(
        "suggestions",
        sa.Column("key", sa.String(length=400), primary_key=True),
        sa.Column("flow", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
    )
    op.create_index("suggestions_by_place", "suggestions", ["equipment", "decided_at"])
    op.create_table(
        "outcomes",
        sa.Column("key", sa.String(length=400), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("mid", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("n_before", sa.Integer(), nullable=False),
        sa.Column("n_after", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
    )


def _memory() -> None:
    op.create_table(
        "trends",
        sa.Column("machine", sa.String(length=400), primary_key=True),
        sa.Column("signal", sa.String(length=120), primary_key=True),
        sa.Column("hour", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "decider_positions",
        sa.Column("line", sa.String(length=400), primary_key=True),
        sa.Column("entry", sa.String(length=60), nullable=False),
    )
