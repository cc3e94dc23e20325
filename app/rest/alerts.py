"""`GET /alerts` and what may be done with one over REST: acknowledge, shelve, judge."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid, NotFound
from app.boards.alerts import AlertRow, AlertsQuestion
from app.domain.alerts.lifecycle import HIDDEN, AlarmState
from app.domain.events.contract import Millis
from app.rest.exchange import LARGEST_NUMBER, Number, as_json, decoded
from app.rest.table import as_csv
from app.services import Services
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import choose

STATES = tuple(state.value for state in AlarmState if state not in HIDDEN)
Row = dict[str, object]


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """What the asker looked at. version: as GET gave it; left out: whatever it is now."""

    version: Number | None = None


class Shelf(msgspec.Struct, forbid_unknown_fields=True):
    """Until when (UTC ms, at most 24 h ahead) and why an alert is shelved."""

    until: Millis
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
        place = services.equipment(args["equipment"][:400]) if args.get("equipment") else None
        board = services.loop.alerts.board(services.user(), AlertsQuestion(place=place))
        numbers = Numbers(choose([args.get("lang")]), board.zone)
        found = [row for row in (*board.rows, *board.waits) if state in (None, row.state.value)]
        rows = [alert_row(row, numbers) for row in found]
        if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
            answer = Response(as_csv(rows), content_type="text/csv; charset=utf-8")
            answer.headers["Content-Disposition"] = 'attachment; filename="alerts.csv"'
            return answer
        return as_json({"at": board.now, "alerts": rows})

    def acknowledge(self, alert: str) -> Response:
        """POST /alerts/{id}/acknowledge."""
        body: Seen = decoded(Seen) if request.content_length else Seen()
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
        "next_told_at": None if row.next_told is None else row.next_told.at,
        "next_told": None if row.next_told is None else row.next_told.step.who,
        "sounding": row.is_sounding,
        "held_back": kept.held_at is not None,
        "version": row.standing.version,
    }


def _number(alert: str) -> int:
    if not (alert.isascii() and alert.isdecimal() and len(alert) <= 10) or int(alert) > LARGEST_NUMBER:
        raise NotFound("alert.no_such")
    return int(alert)
