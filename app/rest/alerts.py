"""Alerts over REST: those that wait, that ended, that are off the screen; and what may be done with one."""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid, NotFound
from app.boards.alerts import AlertRow, AlertsQuestion, HiddenRow
from app.domain.alerts.lifecycle import HIDDEN, AlarmState
from app.domain.events.contract import Millis
from app.rest import ask
from app.rest.exchange import LARGEST_NUMBER, Number, as_json, decoded, whole_body
from app.rest.table import csv_answer, paged, wants_csv
from app.services import Services
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import choose

STATES = tuple(state.value for state in AlarmState if state not in HIDDEN)
Row = dict[str, object]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """What the asker looked at. version: as GET gave it; left out: whatever it is now."""

    version: Number | None = None


class Shelf(msgspec.Struct, forbid_unknown_fields=True):
    """Until when (UTC ms, at most 24 h ahead) and why an alert is shelved."""

    until: Millis
    reason: str
    version: Number | None = None


class Spot(msgspec.Struct, forbid_unknown_fields=True):
    """An alarm: a rule at a line or machine, by full path. version: as GET gave it; left out: whatever it is now."""

    rule: Name
    equipment: Path
    version: Number | None = None


class Outage(msgspec.Struct, forbid_unknown_fields=True):
    """Why a rule does not speak about a line or machine until somebody brings it back."""

    rule: Name
    equipment: Path
    reason: str
    version: Number | None = None


class Judged(msgspec.Struct, forbid_unknown_fields=True):
    """What an alert was worth."""

    verdict: Literal["useful", "known", "wrong"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlertsApi:
    """The questions and answers of alerts, one method each; the desk checks who may what."""

    services: Services

    def alerts(self) -> Response:
        """GET /alerts: what has not ended, by priority and time, as JSON or CSV; `equipment` and `state` narrow it."""
        args, services = request.args, self.services
        state = args.get("state")
        if state is not None and state not in STATES:
            raise Invalid(f"state={state[:64]!r}: must be one of {', '.join(STATES)}")
        place = self._place()
        board = services.loop.alerts.board(services.user(), AlertsQuestion(place=place))
        numbers = Numbers(choose([args.get("lang")]), board.zone)
        found = [row for row in (*board.rows, *board.waits) if state in (None, row.state.value)]
        rows = [alert_row(row, numbers) for row in found]
        return csv_answer(rows, "alerts") if wants_csv() else as_json({"at": board.now, "alerts": rows})

    def ended(self) -> Response:
        """GET /alerts/ended: those that ended in a window, oldest end first, as JSON or CSV, page by page."""
        args, services = request.args, self.services
        page, window = ask.page(args, (int, int)), ask.window(args, services.now())
        place = self._place()
        who = services.user()
        zone = next((line.zone for line in services.my_lines()), "UTC")
        numbers = Numbers(choose([args.get("lang")]), zone)
        found = services.loop.alerts.ended(who, place, window, page)
        keys = [(row.kept.ended_at or 0, row.kept.id) for row in found]
        return paged("alerts", [alert_row(row, numbers) for row in found], keys, page)

    def hidden(self) -> Response:
        """GET /alerts/hidden: alarms that are off the screen: shelved, suppressed by design, out of service."""
        services = self.services
        board = services.loop.alerts.board(services.user(), AlertsQuestion("hidden", self._place()))
        rows = [hidden_row(row) for row in board.hidden]
        return csv_answer(rows, "hidden") if wants_csv() else as_json({"at": board.now, "hidden": rows})

    def unshelve(self) -> Response:
        """POST /alerts/unshelve: bring a shelved alarm back before its time."""
        body: Spot = decoded(Spot)
        self.services.loop.alerts.unshelve(self.services.user(), body.rule, body.equipment, body.version)
        return as_json({"done": "unshelve"})

    def out_of_service(self) -> Response:
        """POST /alerts/out-of-service: let a rule not speak about a line or machine."""
        body: Outage = decoded(Outage)
        desk, who = self.services.loop.alerts, self.services.user()
        desk.out_of_service(who, body.rule, body.equipment, body.reason, body.version)
        return as_json({"done": "out_of_service"})

    def in_service(self) -> Response:
        """POST /alerts/in-service: let the rule speak again."""
        body: Spot = decoded(Spot)
        self.services.loop.alerts.back(self.services.user(), body.rule, body.equipment, body.version)
        return as_json({"done": "in_service"})

    def _place(self) -> str | None:
        asked = request.args.get("equipment")
        return self.services.equipment(asked[:400]) if asked else None

    def acknowledge(self, alert: str) -> Response:
        """POST /alerts/{id}/acknowledge."""
        body: Seen = decoded(Seen) if whole_body() else Seen()
        self.services.loop.alerts.acknowledge(self.services.user(), _number(alert), body.version)
        return as_json({"done": "acknowledge"})

    def shelve(self, alert: str) -> Response:
        """POST /alerts/{id}/shelve."""
        body: Shelf = decoded(Shelf)
        who = self.services.user()
        self.services.loop.alerts.shelve(who, _number(alert), body.until, body.reason, body.version)
        return as_json({"done": "shelve"})

    def judge(self, alert: str) -> Response:
        """POST /alerts/{id}/judge."""
        body: Judged = decoded(Judged)
        self.services.loop.alerts.judge(self.services.user(), _number(alert), body.verdict, body.note)
        return as_json({"done": "judge"})


def add_routes(routes: Blueprint, api: AlertsApi) -> None:
    """Add alerts to /api/v1."""
    routes.add_url_rule("/alerts", "alerts", api.alerts)
    routes.add_url_rule("/alerts/ended", "ended_alerts", api.ended)
    routes.add_url_rule("/alerts/hidden", "hidden_alerts", api.hidden)
    routes.add_url_rule("/alerts/unshelve", "unshelve_alert", api.unshelve, methods=["POST"])
    routes.add_url_rule("/alerts/out-of-service", "take_alert_out", api.out_of_service, methods=["POST"])
    routes.add_url_rule("/alerts/in-service", "bring_alert_back", api.in_service, methods=["POST"])
    routes.add_url_rule("/alerts/<alert>/acknowledge", "acknowledge_alert", api.acknowledge, methods=["POST"])
    routes.add_url_rule("/alerts/<alert>/shelve", "shelve_alert", api.shelve, methods=["POST"])
    routes.add_url_rule("/alerts/<alert>/judge", "judge_alert", api.judge, methods=["POST"])


def alert_row(row: AlertRow, numbers: Numbers) -> Row:
    """Return an alert; times UTC ms; sentences in the language asked for; held_back: waits in a summary."""
    kept, rule = row.kept, row.kept.raising.rule
    return {
        "id": kept.id,
        "rule": rule.id,
        "equipment": kept.raising.condition.equipment,
        "state": row.state.value,
        "priority": kept.priority,
        "owner": kept.owner,
        "title": words(rule.title, numbers),
        "why": words(kept.raising.condition.why, numbers),
        "response": words(rule.response, numbers),
        "consequence": words(rule.consequence, numbers),
        "raised_at": kept.raised_at,
        "acknowledged_at": kept.acknowledged_at,
        "acknowledged_by": kept.acknowledged_by,
        "returned_at": kept.returned_at,
        "ended_at": kept.ended_at,
        "next_told_at": None if row.next_told is None else row.next_told.at,
        "next_told": None if row.next_told is None else row.next_told.step.who,
        "sounding": row.is_sounding,
        "held_back": kept.held_at is not None,
        "version": row.standing.version,
    }


def hidden_row(row: HiddenRow) -> Row:
    """Return an alarm that is off the screen; since, until: UTC ms; by: who did it, null: a rule."""
    alarm = row.standing.alarm
    return {
        "rule": row.standing.rule,
        "equipment": row.standing.equipment,
        "state": alarm.state.value,
        "since": alarm.since,
        "until": alarm.until,
        "reason": alarm.reason,
        "by": row.standing.by,
        "alert": row.standing.alert,
        "version": row.standing.version,
    }


def _number(alert: str) -> int:
    if not (alert.isascii() and alert.isdecimal() and len(alert) <= 10) or int(alert) > LARGEST_NUMBER:
        raise NotFound("alert.no_such")
    return int(alert)
