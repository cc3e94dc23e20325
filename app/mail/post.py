"""The process that sends reports: what is due is written down, what is written down is sent, tried again, or given up.

A letter is claimed by one row change, so any number of these processes may run. It is marked `sending` before and
`sent` after: a kill in between sends it again when its claim has run out, with the same Message-ID and a sentence that
says so. Nothing is ever lost between the two.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from threading import Event
from typing import Protocol

from app.auth.guard import Refused
from app.auth.steward import Trail
from app.auth.users import AccountStore
from app.boards.mail import Letter, Subscription
from app.boards.report import ReportBoard, ReportQuestion
from app.connectors.base import NotDelivered
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.domain.plant.equipment import Plant
from app.domain.roles import Permission, may
from app.historian.away import DatabaseAway
from app.historian.mail import Outbox
from app.mail.due import due_letters
from app.mail.letter import Stationery, report_letter
from app.sitemap import may_open

log = logging.getLogger(__name__)
CLAIM_MS = 10 * MINUTE_MS
"""Longer than a delivery can take (every step of it times out): nobody takes over from one who lives."""
MOST_TRIES = 78
"""With the pauses below: about three days, longer than a weekend."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = MINUTE_MS, HOUR_MS
KEEP_MS = 90 * DAY_MS
LOOK_S = 5.0


class Desk(Protocol):
    """Who asked for which report (app.historian.mail)."""

    def all(self) -> list[Subscription]:
        """Return all subscriptions."""


class Reports(Protocol):
    """Where reports come from (app.views.history)."""

    @property
    def plant(self) -> Plant:
        """The plant as it is worked."""

    def report(self, asked: ReportQuestion, now: int) -> ReportBoard | None:
        """Return a report; None for unknown equipment. Raises Invalid."""


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends letters. reached: line -> how far history has come, UTC ms; deliver: raises NotDelivered; now: UTC ms."""

    desk: Desk
    outbox: Outbox
    accounts: AccountStore
    reports: Reports
    trail: Trail
    stationery: Stationery
    reached: Callable[[], Mapping[str, int]]
    deliver: Callable[[EmailMessage], None]
    now: Callable[[], int]

    def go(self) -> dict[str, int]:
        """Do one round: write down what is due, send what waits, forget what is old. Return letters by what became."""
        counted = {"due": self._write_down(), "sent": 0, "failed": 0, "dead": 0}
        while letter := self.outbox.claim(self.now(), self.now() + CLAIM_MS):
            after, is_away = self._send(letter)
            if self.outbox.settle(letter, after):
                counted[after.state] += 1
            if is_away:
                break
        self.outbox.let_go(self.now() - KEEP_MS)
        return counted

    def _write_down(self) -> int:
        reached, plant, now = self.reached(), self.reports.plant, self.now()
        letters = [letter for wanted in self.desk.all() for letter in due_letters(plant, wanted, reached, now)]
        return self.outbox.put(letters)

    def _send(self, letter: Letter) -> tuple[Letter, bool]:
        """Return the letter as it is after a try, and whether the mail server was away."""
        try:
            self.deliver(report_letter(letter, self._board(letter), self.stationery, self.now()))
        except Refused as refused:
            return self._dead(letter, refused.words(letter.lang)), False
        except NotDelivered as error:
            return self._failed(letter, error), error.is_away
        except DatabaseAway:
            raise
        except Exception as error:
            log.exception("a letter could not be written", extra={"key": letter.key})
            return self._failed(letter, NotDelivered(f"could not be written: {error}")), False
        where = f"{letter.form} {letter.date} {letter.shift or 'day'} to {letter.address}"
        self.trail.write(self.now(), letter.who, "mailed.report", letter.equipment, where)
        return replace(letter, state="sent", answer=None, sent_at=self.now()), False

    def _board(self, letter: Letter) -> ReportBoard:
        """Return the report, if the recipient may see it now. Raises Refused."""
        account = self.accounts.account(letter.who)
        who = account.identity if account and not account.disabled else None
        if who is None or not may_open(who, "reports") or not may(who, Permission.SEE_HISTORY, letter.equipment):
            raise Refused("mail.may_not", who=letter.who, where=letter.equipment)
        now = self.now()
        found = self.reports.report(ReportQuestion(letter.equipment, letter.date, letter.shift), now)
        if found is None:
            raise Refused("mail.no_place", where=letter.equipment)
        return replace(found, made_at=now, made_by=letter.who)

    def _failed(self, letter: Letter, error: NotDelivered) -> Letter:
        is_again = letter.is_again or error.is_unsure
        if error.is_final or letter.attempts >= MOST_TRIES:
            return replace(self._dead(letter, str(error)), is_again=is_again)
        pause = min(FIRST_PAUSE_MS * 2 ** (letter.attempts - 1), LONGEST_PAUSE_MS)
        log.info("a letter waits", extra={"to": letter.address, "answer": str(error), "pause_ms": pause})
        return replace(letter, state="failed", answer=str(error), next_at=self.now() + pause, is_again=is_again)

    def _dead(self, letter: Letter, answer: str) -> Letter:
        log.warning("a letter is given up", extra={"to": letter.address, "answer": answer})
        return replace(letter, state="dead", answer=answer)


def run_mail(postman: Postman, stop: Event, say: Callable[[Mapping[str, float], str | None], None]) -> None:
    """Send until `stop` is set. say: (figures, what is wrong) for those who watch."""
    total = {"due": 0, "sent": 0, "failed": 0, "dead": 0}
    while not stop.is_set():
        problem = None
        try:
            for state, count in postman.go().items():
                total[state] += count
        except DatabaseAway as error:
            problem = str(error)
        say({state: float(count) for state, count in total.items()}, problem)
        stop.wait(LOOK_S)
