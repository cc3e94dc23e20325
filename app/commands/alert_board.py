"""Puts the alerts page together for a person: what they may see of alarms, alerts, health and rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.boards.alerts import (
    RANK,
    AlertRow,
    AlertsBoard,
    AlertsQuestion,
    HiddenRow,
    NextTold,
    RuleRow,
    activations_in,
    order_of,
)
from app.boards.needs import AlertNeed
from app.commands.ground import Ground
from app.domain.accounting.buckets import Bucket
from app.domain.alerts.condition import AlertRule
from app.domain.alerts.escalation import area_of, following, ladder
from app.domain.alerts.health import Activation, Health, by_role
from app.domain.alerts.kept import AlertEvent, Kept, Standing
from app.domain.alerts.lifecycle import HIDDEN, AlarmState
from app.domain.alerts.worth import Moment, Worth, worth
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant
from app.domain.roles import Identity, Permission, covers, in_scope, may
from app.historian.alerts import Alerts
from app.historian.database import asking_database
from app.historian.episodes import stops_of

HEALTH_DAYS, WORTH_DAYS, ENDED_DAYS = 7, 30, 7
SHOWN = 200
NO_STANDINGS: Mapping[int, Standing] = {}
WAITS = (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class AlertsAsked:
    """A question of a person."""

    ground: Ground
    store: Alerts
    who: Identity
    asked: AlertsQuestion

    def board(self) -> AlertsBoard:
        """Return the page. Raises DatabaseAway."""
        standings = [s for s in self.store.standings() if self._sees(s.equipment)]
        by_alert = {s.alert: s for s in standings if s.alert is not None}
        shown = [kept for kept in self.store.open() if kept.id in by_alert and self._is_shown(by_alert[kept.id])]
        hidden = [s for s in standings if s.alarm.state in HIDDEN]
        lines = self.ground.plant().lines()
        return AlertsBoard(
            question=self.asked,
            zone=next((line.zone for line in lines if in_scope(self.who, line.path)), "UTC"),
            now=self.ground.now(),
            who=self.who.name,
            counts={"open": len(shown), "hidden": len(hidden)},
            **self._of_tab(shown, hidden, by_alert),  # type: ignore[arg-type]
            may_answer=may(self.who, Permission.ANSWER_ALERT),
            may_shelve=may(self.who, Permission.SHELVE_ALERT),
            may_judge=may(self.who, Permission.JUDGE),
        )

    def waiting(self) -> list[AlertNeed]:
        """Return what they see that nobody has acknowledged, the most urgent first. Raises DatabaseAway."""
        standings = self.store.standings()
        waits = {s.alert: s for s in standings if s.alarm.state in WAITS and self._sees(s.equipment)}
        plant = self.ground.plant()
        zones = {line.path: line.zone for line in plant.lines()}
        found = []
        for kept in self.store.open():
            if kept.id in waits:
                rule, path = kept.raising.rule, kept.raising.condition.equipment
                zone = next((zone for line, zone in zones.items() if covers(line, path)), "UTC")
                names = names_of(plant, path)
                found.append(AlertNeed(kept.id, rule.title, *names, zone, kept.priority, kept.raised_at))
        return sorted(found, key=lambda need: (RANK[need.priority], -need.since))

    def _of_tab(
        self, shown: Sequence[Kept], hidden: Sequence[Standing], by_alert: Mapping[int, Standing]
    ) -> dict[str, object]:
        """Return the fields of the board that the chosen tab shows."""
        tab, now = self.asked.tab, self.ground.now()
        if self.asked.alert is not None:
            return {"rows": self._one(self.asked.alert, by_alert)}
        if tab == "hidden":
            return {"hidden": self._hidden(hidden)}
        if tab == "health":
            return {"health": tuple(self._health(now)), "days": HEALTH_DAYS}
        if tab == "rules":
            return {"rules": tuple(self._rules(now)), "days": WORTH_DAYS}
        if tab == "ended":
            past = [kept for kept in self.store.ended(now - ENDED_DAYS * DAY_MS, SHOWN) if self._wants(kept)]
            return {"rows": tuple(self.rows(past))}
        wanted = [kept for kept in shown if self._wants(kept)][:SHOWN]
        rows = sorted(self.rows(wanted, by_alert), key=order_of)
        alone = tuple(row for row in rows if row.kept.held_at is None)
        return {"rows": alone[:SHOWN], "waits": tuple(row for row in rows if row.kept.held_at is not None)}

    def _sees(self, equipment: str) -> bool:
        return in_scope(self.who, equipment) and (self.asked.place is None or covers(self.asked.place, equipment))

    def _is_shown(self, standing: Standing) -> bool:
        return standing.alarm.state not in HIDDEN

    def _wants(self, kept: Kept) -> bool:
        return self._sees(kept.raising.condition.equipment) and self.asked.priority in (None, kept.priority)

    def _one(self, alert: int, by_alert: Mapping[int, Standing]) -> tuple[AlertRow, ...]:
        kept = self.store.get(alert)
        if kept is None or not in_scope(self.who, kept.raising.condition.equipment):
            return ()
        return tuple(self.rows([kept], by_alert))

    def rows(self, found: Sequence[Kept], by_alert: Mapping[int, Standing] = NO_STANDINGS) -> list[AlertRow]:
        """Return alerts with what happened to them. by_alert: how those stand that are open. Raises DatabaseAway."""
        numbers = [kept.id for kept in found]
        happened, thought = self.store.events(numbers), self.store.feedback(numbers)
        plant = self.ground.plant()
        rows = []
        for kept in found:
            equipment = kept.raising.condition.equipment
            standing = by_alert.get(kept.id, Standing(kept.raising.rule.id, equipment))
            steps = ladder(kept.raising.rule, kept.waits_since)
            told = tuple(due.step for due in steps[: kept.told])
            waits = standing.alarm.state is AlarmState.UNACKNOWLEDGED
            coming = following(kept.raising.rule, kept.waits_since, kept.told) if waits else None
            rows.append(
                AlertRow(
                    kept,
                    standing,
                    *names_of(plant, equipment),
                    next_told=None if coming is None else NextTold(coming.at, coming.step),
                    told=told,
                    is_sounding=waits and kept.priority == "high" and any(s.channel == "sound" for s in told),
                    history=tuple(happened.get(kept.id, ())),
                    feedback=tuple(f for f in thought if f.alert == kept.id),
                )
            )
        return rows

    def _hidden(self, hidden: Sequence[Standing]) -> tuple[HiddenRow, ...]:
        titles = {known.rule.id: known.rule.title for known in self.store.rules()}
        plant = self.ground.plant()
        ordered = sorted(hidden, key=lambda s: (s.alarm.state.value, s.alarm.until or 0, s.equipment))
        return tuple(HiddenRow(s, titles.get(s.rule), *names_of(plant, s.equipment)) for s in ordered)

    def _health(self, now: int) -> list[Health]:
        window = Interval(now - HEALTH_DAYS * DAY_MS, now)
        events: dict[int, list[AlertEvent]] = {}
        for event in self.store.came(window.start):
            if event.alert is not None and self._sees(event.equipment):
                events.setdefault(event.alert, []).append(event)
        alerts = {kept.id: kept for kept in (*self.store.open(), *self.store.ended(window.start, most=None))}
        found = activations_in(events, window.start)
        return by_role((_activation(alerts[alert], came, gone) for alert, came, gone in found), window)

    def _rules(self, now: int) -> Iterable[RuleRow]:
        window = Interval(now - WORTH_DAYS * DAY_MS, now)
        raised: dict[str, list[Kept]] = {}
        for kept in self.store.raised(window.start):
            if self._sees(kept.raising.condition.equipment):
                raised.setdefault(kept.raising.rule.id, []).append(kept)
        for known in self.store.rules():
            own = raised.get(known.rule.id, [])
            yield RuleRow(known.rule, known.faults, known.gone_at, self._worth(known.rule, own, window))

    def _worth(self, rule: AlertRule, raised: Sequence[Kept], window: Interval) -> Worth:
        """What a rule watches is what it says, or else where it ever spoke in the window."""
        came: list[Moment] = [(kept.raising.condition.equipment, kept.raised_at) for kept in raised]
        watched = [path for path in rule.equipment or {path for path, _ in came} if self._sees(path)]
        machines = [
            machine.path
            for line in self.ground.plant().lines()
            for machine in line.machines
            if any(covers(path, machine.path) for path in watched)
        ]
        with asking_database():
            episodes = stops_of(self.ground.database, machines, window, [Bucket.UNPLANNED_STOP])
        stops = [(e.machine, e.start) for e in episodes if e.start >= window.start]
        return worth(rule, came, self.store.feedback([kept.id for kept in raised]), stops)


def names_of(plant: Plant, equipment: str) -> tuple[str, str]:
    """Return the name of a machine and of its line; of a line its own name and its area's; a path that is gone."""
    for area in plant.areas():
        for line in area.lines:
            if line.path == equipment:
                return line.name, area.name
            for machine in line.machines:
                if machine.path == equipment:
                    return machine.name, line.name
    return equipment, ""


def _activation(kept: Kept, came: int, returned: int | None) -> Activation:
    equipment = kept.raising.condition.equipment
    rule = kept.raising.rule.id
    return Activation(rule, equipment, kept.owner, area_of(equipment), kept.priority, came, returned)
