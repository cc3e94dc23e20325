"""Shift handover, practice, skills."""

from dataclasses import dataclass

from app.commands.ground import Ground


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground
