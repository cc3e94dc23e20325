"""Shift exceptions that people said afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shift_exceptions",
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("shifts", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("line", "date"),
    )
