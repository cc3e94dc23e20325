"""What people do about alerts: acknowledge, shelve, take out of service, judge."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
