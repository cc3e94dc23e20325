"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=160), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _buckets() -> None:
    op.create_table(
        "buckets",
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("shift_key", sa.String(length=120), nullable=True),
        sa.Column("product", sa.String(length=120), nullable=True),
        sa.Column("order_id", sa.String(length=120), nullable=True),
        sa.Column("unscheduled_ms", sa.BigInteger(), nullable=False),
        sa.Column("planned_stop_ms", sa.BigInteger(), nullable=False),
        sa.Column("setup_ms", sa.BigInteger(), nullable=False),
        sa.Column("unplanned_stop_ms", sa.BigInteger(), nullable=False),
        sa.Column("starved_ms", sa.BigInteger(), nullable=False),
        sa.Column("blocked_ms", sa.BigInteger(), nullable=False),
        sa.Column("minor_stop_ms", sa.BigInteger(), nullable=False),
        sa.Column("running_ms", sa.BigInteger(), nullable=False),
        sa.Column("unknown_ms", sa.BigInteger(), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("reject", sa.BigInteger(), nullable=False),
        sa.Column("rework", sa.BigInteger(), nullable=False),
        sa.Column("ideal_ns", sa.BigInteger(), nullable=False),
        sa.Column("ideal_good_ns", sa.BigInteger(), nullable=False),
        sa.Column("startup_reject", sa.BigInteger(), nullable=False),
        sa.Column("startup_reject_ns", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("repair_ms", sa.BigInteger(), nullable=False),
        sa.Column("setup_standard_ms", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
    )
    op.create_index("buckets_by_hour", "buckets", ["equipment", "hour"], unique=False)


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("call", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_by", sa.String(length=120), nullable=True),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_by", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("line", "call", "since"),
    )


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=400), nullable=False),
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("corrections_by_time", "corrections", ["equipment", "from_ms"], unique=False)


def _episodes() -> None:
    op.create_table(
        "episodes",
        sa.Column("machine", sa.String(length=400), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=True),
        sa.Column("attested_by", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("caused_by", sa.String(length=400), nullable=True),
        sa.Column("order_id", sa.String(length=120), nullable=True),
        sa.Column("product", sa.String(length=120), nullable=True),
        sa.Column("shift_key", sa.String(length=120), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("machine", "start"),
    )
    op.create_index("episodes_by_end", "episodes", ["machine", "end"], unique=False)
    op.create_index("episodes_by_hour", "episodes", ["machine", "hour"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("equipment", "rule", "since"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order", sa.String(length=120), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("line", "start", "order"),
    )


def _positions() -> None:
    op.create_table(
        "positions",
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("entry", sa.String(length=60), nullable=False),
        sa.Column("committed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sign_ins_at"), "sign_ins", ["at"], unique=False)


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=400), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def upgrade() -> None:
    """Make the tables."""
    _audit()
    _buckets()
    _calls()
    _corrections()
    _episodes()
    _findings()
    _orders()
    _positions()
    _sign_ins()
    _tokens()
    _users()
