"""Long exports: a person asks for a file within what they may see, and takes it within what they still may."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.auth.guard import Conflict, Invalid, NotFound, require
from app.auth.steward import Trail
from app.boards.files import LONG_FORMS, WHATS, FileJob, FileQuestion
from app.commands.places import check_place
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Permission

MOST_EACH = 5
MOST_DAYS = 366


class Shelf(Protocol):
    """Where files are kept (app.historian.files)."""

    def put(self, job: FileJob) -> None:
        """Keep a new one."""

    def mine(self, who: str) -> list[FileJob]:
        """Return one person's, newest first."""

    def job(self, id_: str) -> FileJob | None:
        """Return one, or None."""

    def content(self, id_: str) -> bytes | None:
        """Return the file."""

    def drop(self, id_: str) -> None:
        """Delete it."""


@dataclass(frozen=True, slots=True)
class FileDesk:
    """Takes orders for files and hands them out; every one is in the audit trail."""

    shelf: Shelf
    trail: Trail
    now: Callable[[], int]

    def ask(self, who: Identity, asked: FileQuestion, plant: Plant) -> FileJob:
        """Keep an order for a file. Raises Forbidden, NotFound, Invalid, Conflict (enough of them already)."""
        require(who, Permission.SEE_HISTORY, asked.equipment)
        _check(asked, plant)
        if len(self.shelf.mine(who.name)) >= MOST_EACH:
            raise Conflict("files.too_many", most=MOST_EACH)
        job = FileJob(secrets.token_hex(16), who.name, asked, self.now())
        self.shelf.put(job)
        return job

    def mine(self, who: Identity) -> list[FileJob]:
        """Return their files and those still being made, newest first."""
        return self.shelf.mine(who.name)

    def drop(self, who: Identity, id_: str) -> None:
        """Stop making one of theirs, or delete it. Raises NotFound."""
        self.shelf.drop(self._theirs(who, id_).id)

    def take(self, who: Identity, id_: str) -> tuple[FileJob, bytes]:
        """Return one of theirs that is ready, and record that it left. Raises NotFound, Forbidden."""
        job = self._theirs(who, id_)
        require(who, Permission.SEE_HISTORY, job.question.equipment)
        content = self.shelf.content(id_)
        if job.state != "ready" or content is None:
            raise NotFound("files.no_such")
        asked = job.question
        said = f"{asked.form} {asked.what} {asked.first} {asked.last}"
        self.trail.write(self.now(), who.name, "exported.file", asked.equipment, said)
        return job, content

    def _theirs(self, who: Identity, id_: str) -> FileJob:
        job = self.shelf.job(id_)
        if job is None or job.who != who.name:
            raise NotFound("files.no_such")
        return job


def _check(asked: FileQuestion, plant: Plant) -> None:
    if asked.what not in WHATS:
        raise Invalid(f"what {asked.what[:20]!r}: must be one of {', '.join(WHATS)}")
    if asked.form not in LONG_FORMS:
        raise Invalid(f"form {asked.form[:20]!r}: must be one of {', '.join(LONG_FORMS)}")
    check_place(plant, asked.equipment)
    first, last = _day(asked.first), _day(asked.last)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Invalid("files.days", first=asked.first, last=asked.last, most=MOST_DAYS)


def _day(said: str) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError as error:
        raise Invalid("files.no_day", day=said[:32]) from error
    if not 1971 < found.year < 9000:
        raise Invalid("files.no_day", day=said)
    return found
