"""Alarms and alerts in SQL: a state and what happened to it change together, or not at all.

Every call may raise DatabaseAway. A kill leaves a call done or not done.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, delete, func, insert, or_, select, tuple_, update

from app.domain.alerts.condition import AlertRule
from app.domain.alerts.kept import AlertEvent, Feedback, Kept, KnownRule, Raising, Standing
from app.domain.alerts.lifecycle import Alarm, AlarmState, Turn
from app.domain.interval import Interval
from app.domain.suggestion import Said
from app.historian.alert_schema import alarms, alert_events, alert_feedback, alert_rules, alerts
from app.historian.database import asking_database, writing
from app.historian.paging import Page
from app.historian.places import under

_ALARM = ("state", "since", "is_active", "is_pending", "gone_since", "until", "reason")
MOST = 500
BACK = ("unshelved", "unsuppressed", "in_service")
"""An alert that comes back onto the screen begins its escalation anew: who is there now has not been told."""


class Alerts:
    """Reads and turns alarms."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standings(self) -> list[Standing]:
        """Return how every alarm stands that was ever turned, by rule and equipment."""
        return self._standings()

    def standing(self, rule: str, equipment: str) -> Standing:
        """Return how an alarm stands; normal where it has never been turned."""
        found = self._standings(alarms.c.rule == rule, alarms.c.equipment == equipment)
        return found[0] if found else Standing(rule, equipment)

    def turn(
        self,
        before: Standing,
        alarm: Alarm,
        turns: Sequence[Turn],
        now: int,
        *,
        by: str | None = None,
        raising: Raising | None = None,
        is_held: bool = False,
    ) -> bool:
        """Keep how an alarm stands now and what happened; False, and nothing is kept, when somebody was faster.

        raising: what is said when it comes; is_held: a new alert waits in a summary.
        """
        with writing(self._engine) as connection:
            if not _replaced(connection, before, alarm, by):
                return False
            alert = before.alert
            if alert is None and alarm.is_pending and raising is not None:
                alert = _opened(connection, raising, now, now if is_held else None)
            if alert is not None:
                _follow(connection, alert, turns, now, by)
            _record(connection, (before.rule, before.equipment, alert), turns, now, by)
            ended = alert is not None and alarm.state is AlarmState.NORMAL
            if ended:
                connection.execute(update(alerts).where(alerts.c.id == alert).values(ended_at=now, held_at=None))
            if alert != before.alert or ended:
                connection.execute(update(alarms).where(*_of(before)).values(alert=None if ended else alert))
            return True

    def told(self, before: Kept, standing: Standing, why: str, now: int) -> bool:
        """Keep that one more step of an alert's escalation is done; False when it was already."""
        with writing(self._engine) as connection:
            still = (alerts.c.id == before.id, alerts.c.told == before.told)
            if not connection.execute(update(alerts).where(*still).values(told=before.told + 1)).rowcount:
                return False
            _write(connection, standing, now, "told", why)
            return True

    def revision(self) -> int:
        """Return the number of the last thing that happened to an alert; 0: nothing ever did."""
        with asking_database(), self._engine.connect() as connection:
            return int(connection.execute(select(func.max(alert_events.c.id))).scalar() or 0)

    def released(self, alert: int, standing: Standing, now: int) -> None:
        """Show an alert by itself that waited in a summary; what is due of its escalation is due now."""
        with writing(self._engine) as connection:
            still = (alerts.c.id == alert, alerts.c.held_at.is_not(None))
            if connection.execute(update(alerts).where(*still).values(held_at=None)).rowcount:
                _write(connection, standing, now, "released", None)

    def get(self, alert: int) -> Kept | None:
        """Return an alert, or None."""
        return next(iter(self._kept(alerts.c.id == alert)), None)

    def open(self) -> list[Kept]:
        """Return every alert that has not ended, newest first."""
        return self._kept(alerts.c.ended_at.is_(None))

    def ended(self, since: int, most: int | None = MOST) -> list[Kept]:
        """Return the alerts that ended from `since` on (UTC ms), newest first; most None: all."""
        return self._kept(alerts.c.ended_at >= since, most=most)

    def ended_page(self, places: Sequence[str], window: Interval, page: Page) -> list[Kept]:
        """Return a page of the alerts about equipment under `places` that ended in the window, oldest end first."""
        c = alerts.c
        wanted = [c.ended_at >= window.start, c.ended_at < window.end, under(c.equipment, places)]
        if page.after:
            wanted.append(tuple_(c.ended_at, c.id) > tuple_(*page.after))
        query = select(alerts).where(*wanted).order_by(c.ended_at, c.id).limit(page.most)
        with asking_database(), self._engine.connect() as connection:
            return [_alert(row) for row in connection.execute(query).mappings()]

    def raised(self, since: int, rule: str | None = None) -> list[Kept]:
        """Return every alert that came from `since` on (UTC ms), of one rule where named, newest first."""
        return self._kept(alerts.c.raised_at >= since, *([] if rule is None else [alerts.c.rule == rule]))

    def standing_in(self, equipment: Collection[str], window: Interval) -> list[Kept]:
        """Return the alerts of this equipment whose condition held in a window, oldest first."""
        c = alerts.c
        lasts = func.coalesce(c.returned_at, c.ended_at, window.end) >= window.start
        return self._kept(c.equipment.in_(equipment), c.raised_at < window.end, lasts)[::-1]

    def events(self, numbers: Collection[int]) -> dict[int, list[AlertEvent]]:
        """Return what happened to these alerts, oldest first."""
        found: dict[int, list[AlertEvent]] = {}
        for event in self._events(alert_events.c.alert.in_(numbers)):
            found.setdefault(event.alert or 0, []).append(event)
        return found

    def came(self, since: int) -> list[AlertEvent]:
        """Return what happened from `since` on (UTC ms), and to what was open then, oldest first."""
        lasting = select(alerts.c.id).where(or_(alerts.c.ended_at.is_(None), alerts.c.ended_at >= since))
        return self._events(or_(alert_events.c.at >= since, alert_events.c.alert.in_(lasting)))

    def judge(self, feedback: Feedback, standing: Standing) -> None:
        """Keep what a person thinks, in place of what they thought before, and that they said so."""
        with writing(self._engine) as connection:
            c = alert_feedback.c
            connection.execute(delete(alert_feedback).where(c.alert == feedback.alert, c.by == feedback.by))
            connection.execute(insert(alert_feedback).values(**asdict(feedback)))
            _write(connection, standing, feedback.at, "judged", feedback.verdict, feedback.by)

    def feedback(self, numbers: Collection[int]) -> list[Feedback]:
        """Return what people think of these alerts."""
        query = select(alert_feedback).where(alert_feedback.c.alert.in_(numbers))
        with asking_database(), self._engine.connect() as connection:
            return [Feedback(**row) for row in connection.execute(query).mappings()]

    def keep_rules(self, found: Mapping[str, AlertRule], faults: Mapping[str, Sequence[Said]], now: int) -> None:
        """Keep the rules as they are now; what is no longer among them is marked as gone."""
        c = alert_rules.c
        with writing(self._engine) as connection:
            known = {key for (key,) in connection.execute(select(c.rule))}
            for key, rule in found.items():
                row = {"body": _json(rule), "faults": _json(list(faults.get(key, ()))), "seen_at": now, "gone_at": None}
                if key in known:
                    connection.execute(update(alert_rules).where(c.rule == key).values(**row))
                else:
                    connection.execute(insert(alert_rules).values(rule=key, **row))
            gone = (c.rule.not_in(found), c.gone_at.is_(None))
            connection.execute(update(alert_rules).where(*gone).values(gone_at=now))

    def rules(self) -> list[KnownRule]:
        """Return the rules that were ever read, by name."""
        with asking_database(), self._engine.connect() as connection:
            rows = connection.execute(select(alert_rules).order_by(alert_rules.c.rule)).mappings().all()
        return [_rule(row) for row in rows]

    def _standings(self, *wanted: ColumnElement[bool]) -> list[Standing]:
        query = select(alarms).where(*wanted).order_by(alarms.c.rule, alarms.c.equipment)
        with asking_database(), self._engine.connect() as connection:
            return [_standing(row) for row in connection.execute(query).mappings()]

    def _kept(self, *wanted: ColumnElement[bool], most: int | None = None) -> list[Kept]:
        query = select(alerts).where(*wanted).order_by(alerts.c.raised_at.desc(), alerts.c.id.desc()).limit(most)
        with asking_database(), self._engine.connect() as connection:
            return [_alert(row) for row in connection.execute(query).mappings()]

    def _events(self, wanted: ColumnElement[bool]) -> list[AlertEvent]:
        query = select(alert_events).where(wanted).order_by(alert_events.c.id)
        with asking_database(), self._engine.connect() as connection:
            return [_event(row) for row in connection.execute(query).mappings()]


def _of(standing: Standing) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return alarms.c.rule == standing.rule, alarms.c.equipment == standing.equipment


def _replaced(connection: Connection, before: Standing, alarm: Alarm, by: str | None) -> bool:
    row = {**asdict(alarm), "state": alarm.state.value, "by": by or before.by, "version": before.version + 1}
    if before.version:
        still = (*_of(before), alarms.c.version == before.version)
        return connection.execute(update(alarms).where(*still).values(**row)).rowcount == 1
    if connection.execute(select(alarms.c.version).where(*_of(before))).one_or_none() is not None:
        return False
    connection.execute(insert(alarms).values(rule=before.rule, equipment=before.equipment, **row))
    return True


def _opened(connection: Connection, raising: Raising, now: int, held_at: int | None) -> int:
    rule = raising.rule
    row = {
        "rule": rule.id,
        "equipment": raising.condition.equipment,
        "owner": rule.owner,
        "priority": rule.priority,
        "body": _json(raising),
        "raised_at": now,
        "told": 0,
        "held_at": held_at,
    }
    key = connection.execute(insert(alerts).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _follow(connection: Connection, alert: int, turns: Sequence[Turn], now: int, by: str | None) -> None:
    """Write what a turn means for the open alert."""
    changes: dict[str, object] = {}
    for turn in turns:
        if turn.what == "acknowledged":
            changes |= {"acknowledged_at": now, "acknowledged_by": by, "held_at": None}
        elif turn.what == "returned":
            changes["returned_at"] = now
        elif turn.what == "raised":
            changes["returned_at"] = None
        elif turn.what in BACK:
            changes |= {"anew_at": now, "told": 0}
    if changes:
        connection.execute(update(alerts).where(alerts.c.id == alert).values(**changes))


def _record(
    connection: Connection, about: tuple[str, str, int | None], turns: Iterable[Turn], now: int, by: str | None
) -> None:
    rule, equipment, alert = about
    rows = [
        {
            "rule": rule, "equipment": equipment, "alert": alert, "at": now, "by": by, "what": turn.what,
            "state": turn.alarm.state.value, "why": turn.alarm.reason,
        }
        for turn in turns
    ]  # fmt: skip
    if rows:
        connection.execute(insert(alert_events), rows)


def _write(
    connection: Connection, standing: Standing, now: int, what: str, why: str | None, by: str | None = None
) -> None:
    row = {"rule": standing.rule, "equipment": standing.equipment, "alert": standing.alert, "at": now, "by": by}
    state = standing.alarm.state.value
    connection.execute(insert(alert_events).values(**row, what=what, state=state, why=why))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _standing(row: RowMapping) -> Standing:
    fields = {name: row[name] for name in _ALARM}
    alarm = Alarm(**{**fields, "state": AlarmState(row["state"])})
    return Standing(row["rule"], row["equipment"], alarm, row["alert"], row["by"], row["version"])


def _alert(row: RowMapping) -> Kept:
    fields = {key: value for key, value in row.items() if key not in ("body", "rule", "equipment")}
    return Kept(raising=msgspec.json.decode(row["body"], type=Raising), **fields)


def _event(row: RowMapping) -> AlertEvent:
    fields = {key: value for key, value in row.items() if key != "id"}
    return AlertEvent(**{**fields, "state": AlarmState(row["state"])})


def _rule(row: RowMapping) -> KnownRule:
    faults = msgspec.json.decode(row["faults"], type=tuple[Said, ...])
    return KnownRule(msgspec.json.decode(row["body"], type=AlertRule), faults, row["gone_at"])
