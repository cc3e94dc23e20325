"""An alert as it is kept: what was said when it came, and what became of it."""

from dataclasses import dataclass, field
from typing import Literal

from app.domain.alerts.condition import AlertRule, Condition, Priority
from app.domain.alerts.lifecycle import Alarm, AlarmState
from app.domain.suggestion import Said

Judgement = Literal["useful", "known", "wrong"]
JUDGEMENTS: tuple[Judgement, ...] = ("useful", "known", "wrong")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the alarm of a rule at a piece of equipment stands. alert: number of its open alert, None: none is open.

    by: who turned it last, None: nobody, a rule did; version: rises with every change.
    """

    rule: str
    equipment: str
    alarm: Alarm = field(default_factory=Alarm)
    alert: int | None = None
    by: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Raising:
    """What is said when an alarm comes."""

    rule: AlertRule
    condition: Condition


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert. Times UTC ms; told: steps of its escalation done; held_at: waits in a summary since then.

    returned_at: since when its condition no longer holds; ended_at: when it was both gone and acknowledged; anew_at:
    when it last came back onto the screen from a shelf, suppression or outage, None: it never left.
    """

    id: int
    raising: Raising
    owner: str
    priority: Priority
    raised_at: int
    acknowledged_at: int | None = None
    acknowledged_by: str | None = None
    returned_at: int | None = None
    ended_at: int | None = None
    told: int = 0
    held_at: int | None = None
    anew_at: int | None = None

    @property
    def waits_since(self) -> int:
        """From when the times of its escalation count, UTC ms: whoever is there now has not been told."""
        return self.raised_at if self.anew_at is None else self.anew_at


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something that happened. by None: a rule or the passing of time; state: after it."""

    rule: str
    equipment: str
    alert: int | None
    at: int
    by: str | None
    what: str
    state: AlarmState
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thinks of an alert. at: UTC ms."""

    alert: int
    by: str
    at: int
    verdict: Judgement
    note: str | None = None


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A rule as it was read last. faults: why it is not enabled; gone_at: it is not in the file any more, UTC ms."""

    rule: AlertRule
    faults: tuple[Said, ...] = ()
    gone_at: int | None = None
