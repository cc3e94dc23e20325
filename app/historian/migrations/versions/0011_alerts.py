"""Alarms, alerts, what happened to them, what people thought, and the rules behind them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    _alarms()
    _alerts()
    _events()
    _judgements()


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("rule", sa.String(length=120), primary_key=True),
        sa.Column("equipment", sa.String(length=400), primary_key=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_pending", sa.Boolean(), nullable=False),
        sa.Column("gone_since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("alert", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=120), nullable=True),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("alerts_by_rule", "alerts", ["rule", "raised_at"])
    op.create_index("alerts_by_end", "alerts", ["ended_at"])


def _events() -> None:
    op.create_table(
        "alert_events",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("equipment", sa.String(length=400), nullable=False),
        sa.Column("alert", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
    )
    op.create_index("alert_events_by_alert", "alert_events", ["alert"])
    op.create_index("alert_events_by_time", "alert_events", ["at"])


def _judgements() -> None:
    op.create_table(
        "alert_feedback",
        sa.Column("alert", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("by", sa.String(length=120), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
    )
    op.create_table(
        "alert_rules",
        sa.Column("rule", sa.String(length=120), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
    )
