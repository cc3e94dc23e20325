"""Runs migrations on the connection that `app.historian.database.migrate` hands over."""

from alembic import context

from app.historian import (
    alert_schema,
    auth_schema,
    care_schema,
    files_schema,
    loop_schema,
    mail_schema,
    message_schema,
    people_schema,
    plan_schema,
    plants_schema,
    quality_schema,
    rule_schema,
    work_schema,
)
from app.historian.schema import metadata

assert alert_schema.alerts.metadata is metadata
assert auth_schema.users.metadata is metadata
assert mail_schema.outbox.metadata is metadata
assert files_schema.files.metadata is metadata
assert care_schema.finding_care.metadata is metadata
assert plants_schema.plant_versions.metadata is metadata
assert loop_schema.trends.metadata is metadata
assert quality_schema.adjustments.metadata is metadata
assert message_schema.messages.metadata is metadata
assert people_schema.handovers.metadata is metadata
assert plan_schema.plans.metadata is metadata
assert rule_schema.rule_versions.metadata is metadata
assert work_schema.work_orders.metadata is metadata
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transaction_per_migration=False
)
context.run_migrations()
