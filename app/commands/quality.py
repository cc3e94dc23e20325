"""Control charts, adjustments of machines, and what they brought."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class QualityDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
