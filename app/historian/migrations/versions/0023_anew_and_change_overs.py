"""When an alert came back onto the screen, which change-over a work order is planned in, what a machine held before."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("alerts", sa.Column("anew_at", sa.BigInteger(), nullable=True))
    op.add_column("work_orders", sa.Column("change_over", sa.String(120), nullable=True))
    op.add_column("work_orders", sa.Column("change_over_from", sa.BigInteger(), nullable=True))
    op.add_column("adjustment_steps", sa.Column("before", sa.Float(), nullable=True))
