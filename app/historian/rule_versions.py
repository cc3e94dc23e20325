"""The rules files that were in use: since when, who changed them and why, and their texts."""

from dataclasses import dataclass

from sqlalchemy import Engine, insert, select

from app.historian.database import asking_database, writing
from app.historian.rule_schema import rule_versions


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rules file as it was from `at` on (UTC ms). by None: it was found like this, nobody saved it here.

    version: hash of the text; id: None before it is kept.
    """

    version: str
    at: int
    by: str | None
    note: str | None
    text: str
    id: int | None = None


class RuleVersions:
    """Every call may raise DatabaseAway. A kill leaves a call done or not done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, found: RuleVersion) -> None:
        """Keep a version."""
        row = {"version": found.version, "at": found.at, "by": found.by, "note": found.note, "text": found.text}
        with writing(self._engine) as connection:
            connection.execute(insert(rule_versions).values(**row))

    def newest(self, most: int) -> list[RuleVersion]:
        """Return the newest, newest first."""
        c = rule_versions.c
        query = select(c.version, c.at, c.by, c.note, c.text, c.id).order_by(c.id.desc()).limit(most)
        with asking_database(), self._engine.connect() as connection:
            return [RuleVersion(*row) for row in connection.execute(query)]

    def get(self, number: int) -> RuleVersion | None:
        """Return one, or None."""
        c = rule_versions.c
        query = select(c.version, c.at, c.by, c.note, c.text, c.id).where(c.id == number)
        with asking_database(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else RuleVersion(*row)
