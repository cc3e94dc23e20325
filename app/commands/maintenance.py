"""Work orders and what machines' health says."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class MaintenanceDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
