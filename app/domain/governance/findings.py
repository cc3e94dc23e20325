"""Data-quality findings and their life: who answers, until when, who took it on, what was the cause.

The engine tells a finding for each hour and rule; what lasts for days is one issue for its owner. An issue ends when a
person closes it with a cause; what is found after that is a new one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Literal, Protocol

from app.domain.interval import DAY_MS, HOUR_MS, Interval

CAUSES = ("sensor", "wiring", "controller", "network", "mapping", "plant_file", "handling", "no_fault")
"""What an issue may turn out to be; `no_fault`: the rule was wrong, not the signal."""
CareKind = Literal["accept", "close", "dispute"]
State = Literal["open", "accepted", "closed"]
DUE_MS = 3 * DAY_MS
DUE_SOON_MS = 8 * HOUR_MS
LASTING_MS = 2 * HOUR_MS
DISPUTED, STOP = "disputed", "stop"
LINE_SLASHES = 2
_TOUCHES_FIGURES = frozenset(
    {DISPUTED, "silence", "sequence_gap", "counted_standing", "unknown_state", "clock_offset", "check_standard"}
    | {"counter_reset", "counter_implausible", "counter_rebased", "jump", "made_outside_shift"}
)


class Finding(Protocol):
    """One hour's finding (app.domain.accounting.facts.FindingFact)."""

    @property
    def equipment(self) -> str:
        """Path of a machine or line."""

    @property
    def rule(self) -> str:
        """Its key, with the signal behind a colon."""

    @property
    def since(self) -> int:
        """UTC ms."""

    @property
    def until(self) -> int | None:
        """UTC ms; None while it lasts."""

    @property
    def detail(self) -> str:
        """What was seen."""

    @property
    def owner(self) -> str | None:
        """Who answers."""

    @property
    def count(self) -> int:
        """How often; 0: it was told, and taken back."""


@dataclass(frozen=True, slots=True)
class Care:
    """What a person did about a finding: took it on, closed it with a cause; or disputed what is shown. at: UTC ms."""

    equipment: str
    rule: str
    at: int
    by: str
    what: CareKind
    cause: str | None = None
    note: str | None = None


def has_owner(equipment: str) -> bool:
    """Return whether somebody answers for its data: a line or machine; what lies above adds lines up.

    >>> has_owner("site/area/line"), has_owner("site/area")
    (True, False)
    """
    return equipment.count("/") >= LINE_SLASHES


@dataclass(frozen=True, slots=True)
class Disputed:
    """What a person says is not right: a figure's key (`oee`, `good`) or `stop`, in a stretch of time (DOMAIN 7)."""

    about: str
    window: Interval

    @property
    def rule(self) -> str:
        """The rule its issue is kept under.

        >>> Disputed("oee", Interval(5, 9)).rule
        'disputed:oee@5-9'
        """
        return f"{DISPUTED}:{self.about}@{self.window.start}-{self.window.end}"

    @staticmethod
    def of(issue: "Issue") -> "Disputed | None":
        """Return what an issue disputes; None where it is a rule's finding."""
        if issue.rule != DISPUTED or issue.signal is None:
            return None
        about, _, span = issue.signal.partition("@")
        start, _, end = span.partition("-")
        return Disputed(about, Interval(int(start), int(end)))


@dataclass(frozen=True, slots=True)
class Issue:
    """What one rule found about one machine or line until somebody closed it. Times UTC ms.

    rule: without its signal; until: last seen; due: when its owner should have closed it.
    """

    equipment: str
    rule: str
    signal: str | None
    owner: str | None
    since: int
    until: int
    times: int
    detail: str
    due: int
    accepted: Care | None = None
    closed: Care | None = None

    @property
    def key(self) -> str:
        """The rule as it is told: with its signal."""
        return self.rule if self.signal is None else f"{self.rule}:{self.signal}"

    @property
    def state(self) -> State:
        """Where it is in its life."""
        if self.closed is not None:
            return "closed"
        return "open" if self.accepted is None else "accepted"

    def is_overdue(self, now: int) -> bool:
        """Whether it should have been closed by `now`."""
        return self.closed is None and now > self.due

    def is_lasting(self, now: int) -> bool:
        """Whether it was seen lately."""
        return now - self.until <= LASTING_MS


@dataclass(frozen=True, slots=True)
class Statistics:
    """How a plant deals with its findings. Medians in ms, of what was accepted or closed; None: nothing was."""

    open: int
    overdue: int
    closed: int
    to_accept_ms: float | None
    to_close_ms: float | None
    no_fault: int


def issues(findings: Iterable[Finding], cares: Iterable[Care]) -> list[Issue]:
    """Return the issues behind the findings, newest first.

    A finding told later as not so (it ends where it begins, seen no times) is none.
    """
    done: dict[tuple[str, str], list[Care]] = {}
    for care in sorted(cares, key=lambda care: care.at):
        done.setdefault((care.equipment, care.rule), []).append(care)
    found: list[Issue] = []
    real = sorted((f for f in findings if f.count > 0), key=lambda f: (f.equipment, f.rule, f.since))
    for key, group in groupby(real, key=lambda f: (f.equipment, f.rule)):
        found += _of_rule(list(group), done.get(key, []))
    return sorted(found, key=lambda issue: (-issue.since, issue.equipment, issue.key))


def _of_rule(findings: Sequence[Finding], cares: Sequence[Care]) -> Iterable[Issue]:
    closings = [care for care in cares if care.what == "close"]
    ends = [care.at for care in closings]
    for at, group in groupby(findings, key=lambda f: bisect_left(ends, f.since)):
        told = list(group)
        closed = closings[at] if at < len(closings) else None
        until = None if closed is None else closed.at
        taken = [c for c in cares if c.what == "accept" and told[0].since <= c.at and (until is None or c.at <= until)]
        yield _issue(told, taken[0] if taken else None, closed)


def _issue(told: Sequence[Finding], accepted: Care | None, closed: Care | None) -> Issue:
    first, last = told[0], told[-1]
    rule, _, signal = first.rule.partition(":")
    return Issue(
        equipment=first.equipment,
        rule=rule,
        signal=signal or None,
        owner=last.owner,
        since=first.since,
        until=max(f.until or f.since for f in told),
        times=sum(f.count for f in told),
        detail=last.detail,
        due=first.since + (DUE_SOON_MS if rule in _TOUCHES_FIGURES else DUE_MS),
        accepted=accepted,
        closed=closed,
    )


def statistics(found: Iterable[Issue], now: int) -> Statistics:
    """Return how issues were dealt with up to `now` (UTC ms)."""
    every = list(found)
    waited = [issue.accepted.at - issue.since for issue in every if issue.accepted is not None]
    lasted = [issue.closed.at - issue.since for issue in every if issue.closed is not None]
    return Statistics(
        open=sum(issue.closed is None for issue in every),
        overdue=sum(issue.is_overdue(now) for issue in every),
        closed=len(lasted),
        to_accept_ms=median(waited) if waited else None,
        to_close_ms=median(lasted) if lasted else None,
        no_fault=sum(issue.closed is not None and issue.closed.cause == "no_fault" for issue in every),
    )
