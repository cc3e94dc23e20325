"""Takes what people decide about suggestions, and shows what decisions brought."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class DecisionDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
