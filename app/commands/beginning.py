"""What stands beside a plant file for its first start: orders (`.demand.csv`), qualifications (`.skills.csv`)."""

import csv
from pathlib import Path

from app.auth.guard import Invalid
from app.commands.demand_file import load_first
from app.domain.decisions.skills import Skill
from app.domain.plant.equipment import Plant
from app.domain.roles import TASKS
from app.historian.accounts import Audit
from app.historian.database import Database
from app.historian.skills import SkillBook

BY = "skills"
LEVELS = ("1", "2", "3")


def begin(plant: Plant, database: Database, plant_file: Path, now: int) -> None:
    """Take what stands beside the plant file where nothing of its kind is kept. Raises DatabaseAway, Invalid."""
    load_first(plant, database, plant_file, now)
    file, book = plant_file.with_suffix(".skills.csv"), SkillBook(database)
    if not file.is_file() or book.all():
        return
    found = read_skills(file, frozenset(line.path for line in plant.lines()))
    for skill in found:
        book.put(skill, BY, now)
    Audit(database).write(now, BY, "skills.load", plant.sites[0].path, f"{file.name}: {len(found)} qualifications")


def read_skills(file: Path, lines: frozenset[str]) -> list[Skill]:
    """Return the rows `person,line,task,level,shift`; shift empty: any. Raises Invalid: file, row, column."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return [_skill(row, f"{file.name}, row {n}", lines) for n, row in enumerate(csv.DictReader(rows), 2)]


def _skill(row: dict[str, str | None], where: str, lines: frozenset[str]) -> Skill:
    said = {name: (row.get(name) or "").strip() for name in ("person", "line", "task", "level", "shift")}
    task = next((one for one in TASKS if one == said["task"]), None)
    if not said["person"]:
        raise Invalid(f"{where}: person: must be the name of an account")
    if said["line"] not in lines:
        raise Invalid(f"{where}: line={said['line']!r}: must be the path of a line of the plant file")
    if task is None:
        raise Invalid(f"{where}: task={said['task']!r}: must be one of {', '.join(TASKS)}")
    if said["level"] not in LEVELS:
        raise Invalid(f"{where}: level={said['level']!r}: must be one of {', '.join(LEVELS)}")
    return Skill(said["person"], said["line"], task, int(said["level"]), shift=said["shift"] or None)
