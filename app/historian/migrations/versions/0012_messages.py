"""What goes out to people and systems."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "messages",
        sa.Column("key", sa.String(length=64), primary_key=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("is_again", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("messages_due", "messages", ["state", "next_at"])
    op.create_index("messages_by_time", "messages", ["created"])
    op.create_table(
        "delivery_marks",
        sa.Column("name", sa.String(length=60), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
