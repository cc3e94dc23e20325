"""Watches the rules' conditions: turns alarms, tells who is to be told next, holds back in a flood.

Each change is one transaction, each message has a key: a kill between any two repeats nothing and loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.domain.alerts.condition import AlertRule, Condition, faults
from app.domain.alerts.escalation import Due, area_of, is_flood, is_held_back, ladder, told_of
from app.domain.alerts.kept import Kept, Raising, Standing
from app.domain.alerts.lifecycle import Alarm, AlarmState, Delays, Seen, Turn, observe
from app.domain.alerts.message import Message, Telling
from app.domain.interval import MINUTE_MS
from app.domain.roles import Role, Task
from app.domain.suggestion import Said

ROLES = frozenset(role.value for role in Role)
FLOOD_LOOK_MS = 10 * MINUTE_MS
Key = tuple[str, str]


class Store(Protocol):
    """app.historian.alerts.Alerts. Every call may raise DatabaseAway."""

    def standings(self) -> list[Standing]:
        """Return how every alarm stands."""

    def turn(
        self,
        before: Standing,
        alarm: Alarm,
        turns: Sequence[Turn],
        now: int,
        *,
        raising: Raising | None = None,
        is_held: bool = False,
    ) -> bool:
        """Keep how an alarm stands now; False when somebody was faster."""

    def open(self) -> list[Kept]:
        """Return every alert that has not ended."""

    def raised(self, since: int) -> list[Kept]:
        """Return every alert that came from `since` on."""

    def told(self, before: Kept, standing: Standing, why: str, now: int) -> bool:
        """Keep that one more step is done."""

    def released(self, alert: int, standing: Standing, now: int) -> None:
        """Show by itself what waited in a summary."""

    def keep_rules(self, found: Mapping[str, AlertRule], faults: Mapping[str, Sequence[Said]], now: int) -> None:
        """Keep the rules as they are now."""


@dataclass(slots=True)
class AlertWatch:
    """A part of the decider. conditions: what holds at a moment (UTC ms); rules: as people wrote them, by id.

    tell: takes messages for outside; None: there is nowhere to send them, and escalation stays on the screens.
    qualified: (task, equipment, UTC ms) -> who is qualified and on shift (app.decider.qualified).
    A rule that lacks what ISA-18.2 asks of it raises nothing. What a person turned meanwhile is looked at next time.
    """

    conditions: Callable[[int], Sequence[Condition]]
    rules: Callable[[], Mapping[str, AlertRule]]
    store: Store
    tell: Telling | None = None
    qualified: Callable[[Task, str, int], tuple[str, ...] | None] | None = None
    _known: Mapping[str, AlertRule] | None = field(default=None, init=False)

    def step(self, now: int) -> None:
        """Look once. Raises DatabaseAway."""
        found = dict(self.rules())
        wrong = {key: faults(rule, ROLES) for key, rule in found.items()}
        if found != self._known:
            self.store.keep_rules(found, wrong, now)
            self._known = found
        able = {key: rule for key, rule in found.items() if not wrong[key]}
        holding = {(c.rule, c.equipment): c for c in self.conditions(now) if c.rule in able}
        self._turn(able, holding, now)
        standings = {s.alert: s for s in self.store.standings() if s.alert is not None}
        waiting = [(alert, standings[alert.id]) for alert in self.store.open() if alert.id in standings]
        self._release(waiting, now)
        self._escalate(waiting, now)

    def _turn(self, able: Mapping[str, AlertRule], holding: Mapping[Key, Condition], now: int) -> None:
        crowd = _Crowd.of(self.store.raised(now - FLOOD_LOOK_MS))
        known = {(s.rule, s.equipment): s for s in self.store.standings()}
        for key in [*holding, *(key for key in known if key not in holding)]:
            before, condition, rule = known.get(key, Standing(*key)), holding.get(key), able.get(key[0])
            if condition is None and before.alarm.is_idle:
                continue
            alarm, turns = observe(before.alarm, _seen(condition, rule), _delays(rule), now)
            if alarm == before.alarm:
                continue
            raising = None if condition is None or rule is None else Raising(rule, condition)
            comes = raising is not None and before.alert is None and alarm.is_pending
            is_held = comes and rule is not None and crowd.takes(rule, key[1], now)
            self.store.turn(before, alarm, turns, now, raising=raising, is_held=is_held)

    def _release(self, waiting: Sequence[tuple[Kept, Standing]], now: int) -> None:
        crowd = _Crowd.of(self.store.raised(now - FLOOD_LOOK_MS))
        for alert, standing in waiting:
            if alert.held_at is not None and not crowd.is_flooded(alert.owner, standing.equipment, now):
                self.store.released(alert.id, standing, now)

    def _escalate(self, waiting: Sequence[tuple[Kept, Standing]], now: int) -> None:
        for alert, standing in waiting:
            if standing.alarm.state is AlarmState.UNACKNOWLEDGED and alert.held_at is None:
                self._tell(alert, standing, now)

    def _tell(self, alert: Kept, standing: Standing, now: int) -> None:
        """Do the steps that are due. Told first, noted then: the message's key makes a repetition nothing.

        A step for those who own the rule goes to the qualified among them; where nobody qualified is on shift, or is
        any more, the next step is done at once, and what is noted says why.
        """
        steps = ladder(alert.raising.rule, alert.waits_since)
        is_passed_on = 0 < alert.told < len(steps) and self._people(alert, steps[alert.told - 1], now) == ()
        for step in steps[alert.told :]:
            if step.at > now and not is_passed_on:
                return
            people = self._people(alert, step, now)
            is_passed_on = people == () and step is not steps[-1]
            message = None if is_passed_on else _message(alert, step, people or ())
            if message is not None and self.tell is not None:
                self.tell(message)
            self.store.told(replace(alert, told=step.number), standing, told_of(step.step, people), now)

    def _people(self, alert: Kept, step: Due, now: int) -> tuple[str, ...] | None:
        """Return who of a step's role is qualified and on shift; None: that is not asked, or not known."""
        task = alert.raising.rule.task
        if task is None or self.qualified is None or step.step.who != alert.owner:
            return None
        return self.qualified(task, alert.raising.condition.equipment, now)


@dataclass(slots=True)
class _Crowd:
    """When alerts came lately, by role and area."""

    times: dict[Key, list[int]]

    @classmethod
    def of(cls, raised: Sequence[Kept]) -> "_Crowd":
        times: dict[Key, list[int]] = {}
        for alert in reversed(raised):
            where = (alert.owner, area_of(alert.raising.condition.equipment))
            times.setdefault(where, []).append(alert.raised_at)
        return cls(times)

    def takes(self, rule: AlertRule, equipment: str, now: int) -> bool:
        """Count one more alert; return whether it has to wait."""
        own = self.times.setdefault((rule.owner or "", area_of(equipment)), [])
        own.append(now)
        return is_held_back(rule.priority, own, now)

    def is_flooded(self, owner: str, equipment: str, now: int) -> bool:
        """Return whether these people are being flooded."""
        return is_flood(self.times.get((owner, area_of(equipment)), []), now)


def _seen(condition: Condition | None, rule: AlertRule | None) -> Seen:
    if condition is None or rule is None:
        return Seen()
    hides = condition.suppressed_by is not None and condition.suppressed_by in rule.suppressed_in
    return Seen(condition.since, condition.suppressed_by if hides else None)


def _delays(rule: AlertRule | None) -> Delays:
    """A rule that is gone or not enabled any more lets go of its alarms at once; they stay until acknowledged."""
    return Delays() if rule is None else Delays(rule.on_delay_ms or 0, rule.off_delay_ms or 0)


def _message(alert: Kept, step: Due, people: tuple[str, ...]) -> Message | None:
    """Return what leaves the plant's screens; None: this step is shown or heard there."""
    channel = step.step.channel
    if channel not in ("mail", "webhook"):
        return None
    rule, condition = alert.raising.rule, alert.raising.condition
    return Message(
        key=f"alert|{alert.id}|{step.number}" + ("" if alert.anew_at is None else f"|{alert.anew_at}"),
        channel=channel,
        to=step.step.who,
        title=rule.title,
        why=condition.why,
        link=f"/alerts?alert={alert.id}",
        equipment=condition.equipment,
        at=step.at,
        people=people,
        rule=rule.id,
        priority=alert.priority,
        response=rule.response,
    )
