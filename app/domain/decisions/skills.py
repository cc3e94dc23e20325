"""Who is qualified for what, where, until when; what a shift lacks; who is called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.events.contract import AndonCall
from app.domain.roles import TASKS, Task, covers

LEVELS = (1, 2, 3)
"""1: under guidance of somebody near by; 2: alone; 3: may teach it."""
ANY = "*/"
ALONE = 2
CALLED: Mapping[AndonCall, tuple[Task, int]] = {
    "maintenance": ("repair", 2),
    "material": ("run", 1),
    "quality": ("quality", 2),
    "leader": ("run", 3),
}
"""Andon call -> the task whoever comes must be qualified for, and from which level on."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One qualification. person: account name; place: path of a line or machine, or `*/filler`: every machine so named.

    until: UTC ms from when on it is void, None: for good. shift: when they usually work, None: any.
    """

    person: str
    place: str
    task: Task
    level: int
    until: int | None = None
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """How many qualified people a line's shift has for a task, and how many it needs. people: their account names."""

    line: str
    shift: str | None
    task: Task
    people: tuple[str, ...]
    needed: int

    @property
    def is_gap(self) -> bool:
        """Whether the shift lacks somebody."""
        return len(self.people) < self.needed


def is_valid(skill: Skill, at: int) -> bool:
    """Return whether a qualification holds at `at` (UTC ms); on its last day's end it is void."""
    return skill.until is None or at < skill.until


def is_for(skill: Skill, equipment: str) -> bool:
    """Return whether a qualification is about `equipment` (line or machine path).

    One for a line (or an area) holds for its machines, never the reverse: `cover` asks about each machine of a line.

    >>> is_for(Skill("eva", "s/a/l", "run", 1), "s/a/l/filler")
    True
    >>> everywhere = Skill("eva", "*/filler", "run", 1)
    >>> is_for(everywhere, "s/a/l/filler"), is_for(everywhere, "s/a/l/x")
    (True, False)
    """
    if skill.place.startswith(ANY):
        return equipment.endswith("/" + skill.place.removeprefix(ANY))
    return covers(skill.place, equipment)


def route(call: AndonCall, equipment: str, skills: Iterable[Skill], at: int, shift: str | None = None) -> list[Skill]:
    """Return who may be called to `equipment` at `at` (UTC ms), the most able first, then by name; each person once.

    shift: the one that works now; only people of it or of no shift are asked. None: everybody. Source: ours.
    """
    task, least = CALLED[call]
    return able_to(task, least, equipment, (skills, at, shift))


def able_to(
    task: Task, least: int, equipment: str, now: tuple[Iterable[Skill], int, str | None]
) -> list[Skill]:  # fmt: skip
    """Return who is able to do a task at `equipment` from a level on, as `route` does. now: skills, UTC ms, shift."""
    skills, at, shift = now
    able: dict[str, Skill] = {}
    for skill in skills:
        fits = skill.task == task and skill.level >= least and is_for(skill, equipment) and is_valid(skill, at)
        known = able.get(skill.person)
        if fits and _works(skill, shift) and (known is None or known.level < skill.level):
            able[skill.person] = skill
    return sorted(able.values(), key=lambda skill: (-skill.level, skill.person))


def asked_for(
    task: Task, least: int, equipment: str, now: tuple[Sequence[Skill], int, str | None]
) -> tuple[str, ...] | None:
    """Return the accounts of who is to come, most able first; () is nobody qualified on shift.

    None: nobody keeps this task's qualifications for `equipment`, so nothing can be said. now: as of `able_to`.
    """
    skills, at, _ = now
    if not any(skill.task == task and is_for(skill, equipment) and is_valid(skill, at) for skill in skills):
        return None
    return tuple(skill.person for skill in able_to(task, least, equipment, now))


def cover(
    line: str, machines: Iterable[str], shift: tuple[str | None, int], skills: Iterable[Skill],
    needs: Mapping[Task, int],
) -> list[Cover]:  # fmt: skip
    """Return the cover of each task of a line in a shift, in the order of TASKS.

    shift: its name (None: no shifts) and when it begins, UTC ms: a qualification must hold then. A person counts when
    qualified for the line or one of `machines`, once. needs: people needed per task; one where nothing is said.
    Formula: people = distinct holders of a valid qualification. Unit: people. Source: ours.
    """
    name, at = shift
    places = (line, *machines)
    valid = [s for s in skills if is_valid(s, at) and _works(s, name) and any(is_for(s, place) for place in places)]
    return [
        Cover(line, name, task, tuple(sorted({s.person for s in valid if s.task == task})), needs.get(task, 1))
        for task in TASKS
    ]


def _works(skill: Skill, shift: str | None) -> bool:
    return shift is None or skill.shift in (None, shift)
