"""Long exports: every row of a table over many days, made in the background, kept for a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.boards.report import Cell, Column

What = Literal["shifts", "hours", "stops"]
WHATS: tuple[What, ...] = ("shifts", "hours", "stops")
LONG_FORMS = ("xlsx", "csv")
State = Literal["queued", "running", "ready", "failed"]
Page = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What is in a file. equipment: site, area or line; first, last: production dates (ISO), both inside.

    what: KPI rows by line and shift, by line and hour, or every stop of every machine.
    """

    equipment: str
    what: What
    first: str
    last: str
    form: str
    lang: str


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file somebody asked for. done of steps: how far it is; until: when it is deleted (ready, failed), UTC ms.

    answer: why it failed; size: bytes.
    """

    id: str
    who: str
    question: FileQuestion
    asked_at: int
    state: State = "queued"
    done: int = 0
    steps: int = 0
    until: int = 0
    attempts: int = 0
    answer: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table that is read page by page: `steps` pages, some of them empty."""

    name: str
    zone: str
    columns: tuple[Column, ...]
    steps: int
    pages: Iterator[Page]
