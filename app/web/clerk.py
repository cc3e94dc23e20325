"""Makes long exports in a thread beside the requests: one file at a time, its state in SQL.

A worker that is killed leaves a claim that runs out; another one, or its successor, begins the file anew.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from app.auth.users import AccountStore
from app.boards.files import FileJob, FileQuestion, LongTable
from app.domain.interval import DAY_MS, MINUTE_MS
from app.domain.roles import Permission, may
from app.historian.away import DatabaseAway
from app.historian.files import Files
from app.reports.long_paper import MOST_ROWS, TooLong, write_long
from app.text.translate import t

log = logging.getLogger(__name__)
CLAIM_MS = 2 * MINUTE_MS
KEEP_MS = DAY_MS
MOST_TRIES = 3
LOOK_S = 1.0


class Tables(Protocol):
    """Where long tables come from (app.views.history)."""

    def long(self, asked: FileQuestion) -> LongTable:
        """Return a table that is read page by page."""


class _Dropped(Exception):
    """Nobody wants the file any more, or this worker ends: the next one may begin it at once."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Makes the files people asked for. now: UTC ms."""

    files: Files
    tables: Tables
    accounts: AccountStore
    now: Callable[[], int]

    def run(self, stop: Event) -> None:
        """Make files until `stop` is set; while the database is away, wait."""
        while not stop.is_set():
            busy = False
            try:
                busy = self.go(stop)
            except DatabaseAway:
                log.info("files wait for the database")
            except Exception:
                log.exception("a file could not be made")
            if not busy:
                stop.wait(LOOK_S)

    def go(self, stop: Event) -> bool:
        """Make the next file and return whether there was one; delete those kept long enough."""
        self.files.let_go(self.now())
        job = self.files.claim(self.now(), self.now() + CLAIM_MS)
        if job is None:
            return False
        problem = self._problem(job)
        if problem is not None:
            self.files.failed(job, problem, self.now() + KEEP_MS)
        else:
            self._make(job, stop)
        return True

    def _problem(self, job: FileJob) -> str | None:
        """Return why the file is not made, in the language of who asked; None: it is."""
        account, lang, where = self.accounts.account(job.who), job.question.lang, job.question.equipment
        who = account.identity if account and not account.disabled else None
        if who is None or not may(who, Permission.SEE_HISTORY, where):
            return t("mail.may_not", lang, who=job.who, where=where)
        return t("files.given_up", lang, tries=MOST_TRIES) if job.attempts > MOST_TRIES else None

    def _make(self, job: FileJob, stop: Event) -> None:
        table = self.tables.long(job.question)

        def step(done: int) -> None:
            until = self.now() + (0 if stop.is_set() else CLAIM_MS)
            if not self.files.step(job, done, table.steps, until) or stop.is_set():
                raise _Dropped

        try:
            step(0)
            self.files.ready(job, write_long(job, table, step), self.now() + KEEP_MS)
        except _Dropped:
            log.info("a file was left", extra={"who": job.who})
        except TooLong:
            words = t("files.too_long", job.question.lang, most=MOST_ROWS)
            self.files.failed(job, words, self.now() + KEEP_MS)
