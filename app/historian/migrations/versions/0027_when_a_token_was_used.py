"""When a token last opened something, so that one nobody needs any more is seen."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column; what was used before is not known."""
    op.add_column("tokens", sa.Column("last_used", sa.BigInteger(), nullable=True))
