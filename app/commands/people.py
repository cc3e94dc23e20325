"""Shift handover, practice, skills, accounts: each has its desk."""

from dataclasses import dataclass

from app.commands.admin import AdminDesk
from app.commands.ground import Ground
from app.commands.handover import HandoverDesk
from app.commands.practice import PracticeDesk
from app.commands.skills import SkillDesk


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """Looks and acts for a person, within their scope."""

    ground: Ground

    @property
    def handover(self) -> HandoverDesk:
        """Handovers of shifts."""
        return HandoverDesk(self.ground)

    @property
    def practice(self) -> PracticeDesk:
        """Practice on a copy."""
        return PracticeDesk(self.ground)

    @property
    def skills(self) -> SkillDesk:
        """The skills matrix."""
        return SkillDesk(self.ground)

    @property
    def admin(self) -> AdminDesk:
        """Accounts, tokens and logs, for administrators."""
        return AdminDesk(self.ground)
