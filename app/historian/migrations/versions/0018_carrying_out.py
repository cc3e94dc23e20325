"""Who carries an accepted suggestion out, one at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    """Add the claim."""
    op.add_column("suggestions", sa.Column("acting_at", sa.BigInteger(), nullable=True))
