"""SkillBoard: the skills matrix of a line, what its shifts lack, and who would be called."""

from dataclasses import dataclass

from app.domain.decisions.skills import Cover, Skill
from app.domain.events.contract import AndonCall


@dataclass(frozen=True, slots=True)
class SkillBoard:
    """Of one line. at: when it was looked at, UTC ms; zone: IANA. skills: those about the line or its machines.

    covers: per shift of the line and task. called: call -> who would be called now. shift: the one that works now.
    places: what a qualification may be about, path or `*/id` -> name. shifts: names. needs: people needed per task.
    """

    line: str
    name: str
    zone: str
    at: int
    skills: tuple[Skill, ...]
    covers: tuple[Cover, ...]
    called: dict[AndonCall, tuple[Skill, ...]]
    places: dict[str, str]
    shifts: tuple[str, ...]
    needs: dict[str, int]
    shift: str | None = None
