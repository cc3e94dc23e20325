"""Reports by e-mail: who asked for which, and the letters that follow from it."""

from dataclasses import dataclass
from typing import Literal

Rhythm = Literal["shift", "day"]
"""A letter after every shift, or one after the last shift of a production day."""
RHYTHMS: tuple[Rhythm, ...] = ("shift", "day")
ATTACHED = ("pdf", "xlsx", "csv")
State = Literal["pending", "sending", "sent", "failed", "dead"]
"""failed: will be tried again; dead: will not, a person has to look."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """who: account name; one for each place and rhythm. form: of the attached file; since: UTC ms."""

    who: str
    equipment: str
    rhythm: Rhythm
    address: str
    form: str
    lang: str
    since: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A report to one recipient. key: of report, shift and recipient, so that none is sent twice.

    date: production date; shift None: the whole day. attempts: begun so far; next_at: when it is tried again;
    is_again: an earlier try was cut off after it may have arrived. answer: what the mail server or we said last.
    """

    key: str
    who: str
    address: str
    equipment: str
    date: str
    shift: str | None
    form: str
    lang: str
    ended: int
    state: State = "pending"
    attempts: int = 0
    next_at: int = 0
    is_again: bool = False
    answer: str | None = None
    sent_at: int | None = None


@dataclass(frozen=True, slots=True)
class MyMail:
    """What a person sees of their mail. is_on: a mail server is set up; last: newest letter per subscription's place.

    address: what they used last, to offer it again.
    """

    is_on: bool
    address: str
    subscriptions: tuple[tuple[Subscription, Letter | None], ...] = ()
