"""Qualifications and what lines need, in SQL. Every call may raise DatabaseAway."""

from dataclasses import asdict

from sqlalchemy import Engine, delete, insert, select, update

from app.domain.decisions.skills import Skill
from app.domain.roles import Task
from app.historian.database import asking_database, writing
from app.historian.people_schema import skill_needs, skills


class SkillBook:
    """A kill leaves each call done or not done; who changed what is in the audit trail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Skill]:
        """Return every qualification, by person, place and task."""
        c = skills.c
        query = select(c.person, c.place, c.task, c.level, c.until, c.shift).order_by(c.person, c.place, c.task)
        with asking_database(), self._engine.connect() as connection:
            return [Skill(**row) for row in connection.execute(query).mappings()]

    def put(self, skill: Skill, by: str, now: int) -> None:
        """Keep it in place of what was said of the same person, place and task."""
        row, c = {**asdict(skill), "by": by, "at": now}, skills.c
        here = (c.person == skill.person, c.place == skill.place, c.task == skill.task)
        with writing(self._engine) as connection:
            if not connection.execute(update(skills).where(*here).values(**row)).rowcount:
                connection.execute(insert(skills).values(**row))

    def remove(self, person: str, place: str, task: str) -> bool:
        """Take it away; False when there was none."""
        c = skills.c
        here = (c.person == person, c.place == place, c.task == task)
        with writing(self._engine) as connection:
            return connection.execute(delete(skills).where(*here)).rowcount == 1

    def needs(self, line: str) -> dict[Task, int]:
        """Return how many people a shift of the line needs per task, where something was said."""
        c = skill_needs.c
        query = select(c.task, c.needed).where(c.line == line)
        with asking_database(), self._engine.connect() as connection:
            return {row.task: row.needed for row in connection.execute(query)}

    def need(self, line: str, task: Task, needed: int) -> None:
        """Keep how many a line needs."""
        c = skill_needs.c
        row = {"line": line, "task": task, "needed": needed}
        with writing(self._engine) as connection:
            if not connection.execute(update(skill_needs).where(c.line == line, c.task == task).values(**row)).rowcount:
                connection.execute(insert(skill_needs).values(**row))
