"""Looks at what goes out to people and systems, and sends dead letters again."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class MessageDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
