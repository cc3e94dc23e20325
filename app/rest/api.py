"""`/api/v1`: events in, equipment, KPI rows and episodes out; by session cookie or bearer token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
from flask import Blueprint, Response, jsonify, request
from flask_login import current_user

from app.auth.guard import require
from app.auth.sessions import Visitor
from app.auth.throttle import RateLimit
from app.domain.accounting.buckets import Episode
from app.domain.accounting.kpi_row import KpiRow
from app.domain.interval import Interval
from app.domain.roles import Identity, Permission
from app.rest import ask, problems
from app.rest.body import UnknownType, raw_events
from app.rest.door import Answer, Door
from app.rest.limits import MOST_BYTES, TooLarge
from app.rest.openapi import document
from app.rest.shapes import episode_row, site_row
from app.rest.table import as_csv
from app.services import Services

Counted = Callable[[str, int], None]


class History(Protocol):
    """What the API asks of history (app.views)."""

    def kpis(self, question: ask.KpiQuestion) -> tuple[str, list[KpiRow]]:
        """Return the profile and version used, and the rows. Raises NotFound, Invalid."""

    def episodes(self, equipment: str, window: Interval) -> list[Episode]:
        """Return the episodes that overlap the window. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Api:
    """The API's questions, one method each. counted: (outcome, events) for the metrics."""

    services: Services
    door: Door
    history: History
    rate: RateLimit
    counted: Counted

    def events(self) -> Response:
        """POST /events: take one event, an array, JSON lines or CSV; answer each."""
        who = _who()
        require(who, Permission.SEND_EVENTS)
        if (request.content_length or 0) > MOST_BYTES:
            raise TooLarge(f"the body has more than {MOST_BYTES} bytes")
        raws = raw_events(request.get_data(), request.mimetype)
        self.rate.take(who.name, len(raws))
        answers = self.door.take(raws, who)
        return _json({**self._tally(answers), "results": answers})

    def equipment(self) -> Response:
        """GET /equipment: the sites, areas, lines and machines the asker may see."""
        require(_who(), Permission.SEE_LIVE)
        return _json({"sites": [site_row(site) for site in self.services.tree()]})

    def kpis(self) -> Response:
        """GET /kpis: KPI rows, as JSON or CSV."""
        question = ask.kpi_question(request.args, self.services.now())
        require(_who(), Permission.SEE_HISTORY)
        found = self.services.equipment(question.equipment)
        profile, rows = self.history.kpis(replace(question, equipment=found))
        if _wants_csv():
            return _csv([{"profile": profile, **msgspec.to_builtins(row)} for row in rows], "kpis")
        return _json({"profile": profile, "rows": rows})

    def episodes(self) -> Response:
        """GET /episodes: stretches of machines' time, as JSON or CSV."""
        equipment, window = ask.equipment(request.args), ask.window(request.args, self.services.now())
        require(_who(), Permission.SEE_HISTORY)
        found = self.history.episodes(self.services.equipment(equipment), window)
        rows = [episode_row(episode) for episode in found]
        return _csv(rows, "episodes") if _wants_csv() else _json({"episodes": rows})

    def _tally(self, answers: list[Answer]) -> dict[str, int]:
        tally = dict.fromkeys(("accepted", "duplicate", "quarantined"), 0)
        for answer in answers:
            tally[answer.status] += 1
        for outcome, number in tally.items():
            self.counted(outcome, number)
        return tally


def api_blueprint(api: Api) -> Blueprint:
    """Return the routes of /api/v1."""
    routes = Blueprint("api", __name__, url_prefix="/api/v1")
    problems.install(routes)
    routes.register_error_handler(TooLarge, lambda error: problems.problem(413, str(error)))
    routes.register_error_handler(UnknownType, lambda error: problems.problem(415, str(error)))
    routes.before_request(_signed_in)
    routes.add_url_rule("/events", "events", api.events, methods=["POST"])
    routes.add_url_rule("/equipment", "equipment", api.equipment)
    routes.add_url_rule("/kpis", "kpis", api.kpis)
    routes.add_url_rule("/episodes", "episodes", api.episodes)
    routes.add_url_rule("/openapi.json", "openapi", lambda: jsonify(document()))
    return routes


def _signed_in() -> Response | None:
    if request.endpoint == "api.openapi" or current_user.is_authenticated:
        return None
    answer = problems.problem(401, "send a bearer token, or sign in")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _who() -> Identity:
    visitor: Visitor = current_user
    return visitor.identity


def _json(found: object) -> Response:
    return Response(msgspec.json.encode(found), content_type="application/json")


def _wants_csv() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def _csv(rows: list[Mapping[str, object]] | list[dict[str, object]], name: str) -> Response:
    answer = Response(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
