"""The desks of the decision loop, from alert to outcome, in one place."""

from dataclasses import dataclass

from app.commands.alarms import AlertDesk
from app.commands.decisions import DecisionDesk, actors_of
from app.commands.ground import Ground
from app.commands.maintenance import MaintenanceDesk
from app.commands.messages import MessageDesk
from app.commands.people import PeopleDesk
from app.commands.quality import QualityDesk
from app.commands.rule_edit import RuleEditor
from app.commands.rules import RuleDesk
from app.commands.schedule import ScheduleDesk


@dataclass(frozen=True, slots=True)
class Loop:
    """What people ask of the decision loop and do in it."""

    alerts: AlertDesk
    rules: RuleEditor
    messages: MessageDesk
    maintenance: MaintenanceDesk
    quality: QualityDesk
    schedule: ScheduleDesk
    decisions: DecisionDesk
    people: PeopleDesk


def loop_on(ground: Ground) -> Loop:
    """Return the desks on one ground."""
    alerts, maintenance, quality, schedule = (
        AlertDesk(ground), MaintenanceDesk(ground), QualityDesk(ground), ScheduleDesk(ground),
    )  # fmt: skip
    actors = actors_of({"alert": alerts, "maintenance": maintenance, "quality": quality, "schedule": schedule})
    return Loop(
        alerts=alerts,
        rules=RuleEditor(ground, RuleDesk(ground)),
        messages=MessageDesk(ground),
        maintenance=maintenance,
        quality=quality,
        schedule=schedule,
        decisions=DecisionDesk(ground, actors),
        people=PeopleDesk(ground),
    )
