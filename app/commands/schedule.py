"""The demand and the schedule: looked at, replanned, accepted."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class ScheduleDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
