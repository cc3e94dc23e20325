"""PostgreSQL learns how many combinations of shift and hour there are: it adds them while it reads, and sorts less."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the statistics and fill them; autovacuum keeps them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE STATISTICS buckets_of_shift_hours (ndistinct) ON shift_key, hour FROM buckets")
        op.execute("ANALYZE buckets")
