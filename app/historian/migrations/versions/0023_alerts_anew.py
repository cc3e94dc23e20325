"""When an alert came back onto the screen from a shelf, suppression or outage: its escalation begins anew."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the time."""
    op.add_column("alerts", sa.Column("anew_at", sa.BigInteger(), nullable=True))
