"""The alerts page: what waits for whom, what is off the screen, how alerts treat people, what rules are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.alerts.condition import AlertRule, EscalationStep, Priority
from app.domain.alerts.health import Health
from app.domain.alerts.kept import AlertEvent, Feedback, Judgement, Kept, Standing
from app.domain.alerts.lifecycle import AlarmState
from app.domain.alerts.worth import Worth
from app.domain.suggestion import Said

AlertTab = Literal["open", "hidden", "ended", "health", "rules"]
TABS: tuple[AlertTab, ...] = ("open", "hidden", "ended", "health", "rules")
CAME = frozenset({"raised", "unshelved", "unsuppressed", "in_service"})
RANK: Mapping[str, int] = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class AlertsQuestion:
    """What is asked for. place: site, area, line or machine path; alert: only this one, whatever became of it."""

    tab: AlertTab = "open"
    place: str | None = None
    priority: Priority | None = None
    alert: int | None = None


@dataclass(frozen=True, slots=True)
class NextTold:
    """Who is told next. at: UTC ms."""

    at: int
    step: EscalationStep


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert. standing: how its alarm stands now; history: oldest first; feedback: everybody's.

    next_told None: nobody else is told, or the alert is not waiting; is_sounding: a step of it is heard on walls.
    """

    kept: Kept
    standing: Standing
    name: str
    line_name: str
    next_told: NextTold | None
    told: tuple[EscalationStep, ...]
    is_sounding: bool
    history: tuple[AlertEvent, ...] = ()
    feedback: tuple[Feedback, ...] = ()

    @property
    def state(self) -> AlarmState:
        """Return its state; an alert that has ended is normal whatever its alarm does now."""
        return AlarmState.NORMAL if self.standing.alert != self.kept.id else self.standing.alarm.state

    def judged_by(self, who: str) -> Judgement | None:
        """Return what a person thinks of it."""
        return next((f.verdict for f in self.feedback if f.by == who), None)


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """An alarm that is off the screen. title None: no rule of this name is known."""

    standing: Standing
    title: Said | None
    name: str
    line_name: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule. faults: why it raises nothing; gone_at: not in the file any more, UTC ms."""

    rule: AlertRule
    faults: tuple[Said, ...]
    gone_at: int | None
    worth: Worth


@dataclass(frozen=True, slots=True)
class AlertsBoard:
    """The page, within what somebody may see. now: UTC ms; counts: alerts by tab; who: who looks.

    waits: low-priority alerts that came in a flood and are shown as one; days: of health and worth.
    """

    question: AlertsQuestion
    zone: str
    now: int
    who: str
    counts: Mapping[str, int]
    rows: tuple[AlertRow, ...] = ()
    waits: tuple[AlertRow, ...] = ()
    hidden: tuple[HiddenRow, ...] = ()
    health: tuple[Health, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    days: int = 0
    may_answer: bool = False
    may_shelve: bool = False
    may_judge: bool = False


def order_of(row: AlertRow) -> tuple[int, bool, int]:
    """Sort by priority, then what nobody has acknowledged, then the newest."""
    return RANK[row.kept.priority], not row.standing.alarm.is_pending, -row.kept.raised_at


def activations_in(events: Mapping[int, list[AlertEvent]], since: int) -> list[tuple[int, int, int | None]]:
    """Return (alert, came, returned) of every time an alarm came onto a screen and had not returned before `since`."""
    found: list[tuple[int, int, int | None]] = []
    for alert, happened in events.items():
        came: int | None = None
        for event in happened:
            if event.state is AlarmState.UNACKNOWLEDGED and event.what in CAME:
                came = event.at
            elif event.what == "returned" and came is not None:
                found.append((alert, came, event.at))
                came = None
        if came is not None:
            found.append((alert, came, None))
    return [one for one in found if one[2] is None or one[2] >= since]
