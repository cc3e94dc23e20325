"""Tables of alerts: how every alarm stands, every time one came, everything that happened, and what people thought."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from app.historian.schema import metadata

alarms = Table(
    "alarms",
    metadata,
    Column("rule", String(120), primary_key=True),
    Column("equipment", String(400), primary_key=True),
    Column("state", String(30), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("is_pending", Boolean, nullable=False),
    Column("gone_since", BigInteger),
    Column("until", BigInteger),
    Column("reason", Text),
    Column("alert", Integer),
    Column("by", String(120)),
    Column("version", Integer, nullable=False),
)
"""One row per rule and equipment, in its ISA-18.2 state; alert: the open one; by: who turned it last, empty: nobody."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rule", String(120), nullable=False),
    Column("equipment", String(400), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("priority", String(10), nullable=False),
    Column("body", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", String(120)),
    Column("returned_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("told", Integer, nullable=False),
    Column("held_at", BigInteger),
    Column("anew_at", BigInteger),
    Index("alerts_by_rule", "rule", "raised_at"),
    Index("alerts_by_end", "ended_at"),
)
"""One row per time an alarm came; body: rule and condition as they were, JSON; told: steps of its escalation done.

held_at: waits in a summary since then; empty: is shown by itself. anew_at: came back onto the screen then.
"""

alert_events = Table(
    "alert_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rule", String(120), nullable=False),
    Column("equipment", String(400), nullable=False),
    Column("alert", Integer),
    Column("at", BigInteger, nullable=False),
    Column("by", String(120)),
    Column("what", String(30), nullable=False),
    Column("state", String(30), nullable=False),
    Column("why", Text),
    Index("alert_events_by_alert", "alert"),
    Index("alert_events_by_time", "at"),
)
"""Append-only; by empty: a rule or the passing of time; state: after it."""

alert_feedback = Table(
    "alert_feedback",
    metadata,
    Column("alert", Integer, primary_key=True, autoincrement=False),
    Column("by", String(120), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("note", Text),
)
"""What a person thinks of an alert: useful, known or wrong; the last word counts."""

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("rule", String(120), primary_key=True),
    Column("body", Text, nullable=False),
    Column("faults", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger),
)
"""Rules as the decider read them last; body: AlertRule, faults: why it is not enabled, JSON; gone_at: not any more."""
