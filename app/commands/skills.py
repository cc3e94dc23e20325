"""The skills matrix: seen on the floor, kept by who keeps skills, within their scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args

from app.auth.guard import Invalid, NotFound, require
from app.boards.needs import Need
from app.boards.skills import SkillBoard
from app.commands.ground import Ground
from app.domain.decisions.skills import ANY, CALLED, LEVELS, Cover, Skill, asked_for, cover, is_for, route
from app.domain.events.contract import AndonCall
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.localtime import instant
from app.domain.roles import TASKS, Identity, Permission, Task, may
from app.historian.away import DatabaseAway
from app.historian.skills import SkillBook

LONGEST_NAME, MOST_NEEDED = 64, 50
_AHEAD_MS = 8 * DAY_MS


@dataclass(frozen=True, slots=True)
class SkillForm:
    """What somebody typed. until: the last local day it holds (ISO), empty: for good; shift: empty: any."""

    person: str
    place: str
    task: str
    level: str
    until: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class SkillDesk:
    """Looks and acts for a person. Every call may raise DatabaseAway."""

    ground: Ground

    def board(self, who: Identity, name: str) -> SkillBoard:
        """Return the matrix of a line; that somebody looked is recorded. Raises Forbidden, NotFound."""
        line, now = self.ground.say.line(who, Permission.SEE_HISTORY, name), self.ground.now()
        book = SkillBook(self.ground.database)
        skills, needs = book.all(), book.needs(line.path)
        places = _places(line)
        working = line.calendar.at(now)
        shift = None if working is None else working.name
        return SkillBoard(
            line=line.path,
            name=line.name,
            zone=line.zone,
            at=now,
            skills=tuple(s for s in skills if _is_about(s, line)),
            covers=tuple(_covers(line, skills, needs, now)),
            called={call: tuple(route(call, line.path, _of(line, skills), now, shift)) for call in get_args(AndonCall)},
            places=places,
            shifts=tuple(dict.fromkeys(pattern.name for pattern in line.calendar.patterns)),
            needs={task: needs.get(task, 1) for task in TASKS},
            shift=shift,
        )

    def routed(self, who: Identity, line: str, call: str) -> tuple[str, ...] | None:
        """Return the accounts of who a call of a line is for: qualified for it or a machine of it, and on shift.

        (): nobody is. None: nobody keeps such qualifications, the database is away, or it is not theirs to know.
        """
        if not (may(who, Permission.CALL_ANDON, line) or may(who, Permission.ANSWER_ANDON, line)):
            return None
        found, now = self.ground.say.line(who, Permission.SEE_LIVE, line), self.ground.now()
        working = found.calendar.at(now)
        wanted = next((wanted for known, wanted in CALLED.items() if known == call), None)
        if wanted is None:
            return None
        try:
            skills = _of(found, SkillBook(self.ground.database).all())
        except DatabaseAway:
            return None
        return asked_for(*wanted, found.path, (skills, now, None if working is None else working.name))

    def called(self, who: Identity, needs: Sequence[Need]) -> list[Need]:
        """Return what waits, each call that nobody has accepted with who it is for."""
        return [
            replace(need, people=self.routed(who, need.line, need.call)) if need.call and not need.accepted_by else need
            for need in needs
        ]

    def looked(self, who: Identity, line: str) -> None:
        """Record that somebody looked at the persons' qualifications of a line (DOMAIN section 7)."""
        self.ground.trail.write(self.ground.now(), who.name, "skills.look", line, "")

    def put(self, who: Identity, name: str, typed: Mapping[str, str]) -> None:
        """Keep a qualification of a line; typed: SkillForm's fields by name. Raises Forbidden, NotFound, Invalid."""
        line = self.ground.say.line(who, Permission.KEEP_SKILLS, name)
        form = SkillForm(**{key: typed.get(key, "") for key in SkillForm.__slots__})
        self._require_place(who, line, form.place)
        skill = _skill(line, form)
        said = f"{skill.person} {skill.task} {skill.level} until {form.until or 'ever'} {skill.shift or ''}".strip()
        self.ground.trail.write(self.ground.now(), who.name, "skills.put", skill.place, said)
        SkillBook(self.ground.database).put(skill, who.name, self.ground.now())

    def remove(self, who: Identity, name: str, person: str, place: str, task: str) -> None:
        """Take a qualification away. Raises Forbidden, NotFound, Invalid."""
        line = self.ground.say.line(who, Permission.KEEP_SKILLS, name)
        self._require_place(who, line, place)
        self.ground.trail.write(self.ground.now(), who.name, "skills.remove", place, f"{person[:LONGEST_NAME]} {task}")
        if not SkillBook(self.ground.database).remove(person, place, task):
            raise NotFound("refused.no_such_skill")

    def need(self, who: Identity, name: str, task: str, needed: str) -> None:
        """Say how many qualified people a shift of the line needs for a task. Raises Forbidden, NotFound, Invalid."""
        line = self.ground.say.line(who, Permission.KEEP_SKILLS, name)
        if task not in TASKS or not needed.isdecimal() or int(needed) > MOST_NEEDED:
            raise Invalid("refused.skill_need", most=MOST_NEEDED)
        self.ground.trail.write(self.ground.now(), who.name, "skills.need", line.path, f"{task} {int(needed)}")
        SkillBook(self.ground.database).need(line.path, task, int(needed))

    def _require_place(self, who: Identity, line: WorkCenter, place: str) -> None:
        """A name that holds for every line is kept by who keeps skills everywhere that it reaches."""
        if place not in _places(line):
            raise Invalid("refused.skill_place")
        if place.startswith(ANY):
            for other in self.ground.plant().lines():
                if any(machine.id == place.removeprefix(ANY) for machine in other.machines):
                    require(who, Permission.KEEP_SKILLS, other.path)


def _places(line: WorkCenter) -> dict[str, str]:
    found = {line.path: line.name} | {machine.path: machine.name for machine in line.machines}
    return found | {f"{ANY}{machine.id}": f"{machine.name} *" for machine in line.machines}


def _is_about(skill: Skill, line: WorkCenter) -> bool:
    return any(is_for(skill, place) for place in (line.path, *(machine.path for machine in line.machines)))


def _of(line: WorkCenter, skills: list[Skill]) -> list[Skill]:
    """Return the qualifications about the line or a machine of it, as about the line."""
    about = [skill for skill in skills if _is_about(skill, line)]
    return [Skill(s.person, line.path, s.task, s.level, s.until, s.shift) for s in about]


def _covers(line: WorkCenter, skills: list[Skill], needs: dict[Task, int], now: int) -> list[Cover]:
    """Return the cover of the next instance of each shift, or of now where no shifts are planned."""
    coming: dict[str | None, int] = {}
    for shift in line.calendar.instances(Interval(now, now + _AHEAD_MS)):
        coming.setdefault(shift.name, max(now, shift.start))
    machines = [machine.path for machine in line.machines]
    shifts = coming.items() if coming else [(None, now)]
    return [one for shift in shifts for one in cover(line.path, machines, shift, skills, needs)]


def _skill(line: WorkCenter, form: SkillForm) -> Skill:
    person = form.person.strip()
    if not 0 < len(person) <= LONGEST_NAME or any(ord(c) < 32 for c in person):
        raise Invalid("refused.skill_person", most=LONGEST_NAME)
    if form.task not in TASKS or form.level not in map(str, LEVELS):
        raise Invalid("refused.skill_level")
    shifts = {pattern.name for pattern in line.calendar.patterns}
    if form.shift and form.shift not in shifts:
        raise Invalid("refused.no_such_shift", shift=form.shift[:80])
    until = _until(form.until, line.zone)
    return Skill(person, form.place, form.task, int(form.level), until, form.shift or None)


def _until(text: str, zone: str) -> int | None:
    """Return the first UTC ms after the last local day."""
    if not text:
        return None
    try:
        last = date.fromisoformat(text)
        return instant((last + timedelta(days=1)).isoformat(), zone)
    except (ValueError, OverflowError) as error:
        raise Invalid("refused.skill_until") from error
