"""Who is to come: qualified for a task at a piece of equipment, and on shift, by the skills matrix as it is now."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.decisions.skills import ALONE, asked_for
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment
from app.domain.roles import Task
from app.historian.skills import SkillBook


@dataclass(frozen=True, slots=True)
class Qualified:
    """plant: as it is worked now, with its shifts."""

    plant: Callable[[], Plant]
    book: SkillBook

    def __call__(self, task: Task, equipment: str, now: int) -> tuple[str, ...] | None:
        """Return account names, the most able first, () where nobody is, None where nobody keeps such qualifications.

        now: UTC ms. Raises DatabaseAway.
        """
        try:
            shift = self.plant().resolve(equipment)[0].calendar.at(now)
        except (UnknownEquipment, AmbiguousEquipment):
            return None
        return asked_for(task, ALONE, equipment, (self.book.all(), now, None if shift is None else shift.name))
