"""Handovers of shifts, practice, skills."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""
    _handovers()
    _practice()
    _skills()


def _key() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("shift", sa.String(length=120), nullable=False),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        *_key(),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("struck", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.String(length=120), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("line", "shift"),
    )
    op.create_index("handovers_by_signing", "handovers", ["line", "signed_at"])
    op.create_table(
        "handover_addenda",
        *_key(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line", "shift", "at", "by"),
    )
    op.create_table(
        "handover_reads",
        *_key(),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line", "shift", "who"),
    )


def _practice() -> None:
    op.create_table(
        "practice_runs",
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("speed", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("who", "started_at"),
    )


def _skills() -> None:
    op.create_table(
        "skills",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("task", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("shift", sa.String(length=120), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "place", "task"),
    )
    op.create_table(
        "skill_needs",
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("task", sa.String(length=20), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("line", "task"),
    )
