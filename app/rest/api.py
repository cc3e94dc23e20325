"""`/api/v1`: events in; equipment, KPI rows, episodes, orders and findings out; by session cookie or bearer token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
from flask import Blueprint, Response, jsonify, request
from flask_login import current_user

from app.auth.guard import require
from app.auth.sessions import Visitor
from app.auth.throttle import RateLimit
from app.domain.accounting.buckets import Episode
from app.domain.accounting.facts import CorrectionFact, FindingFact, OrderFact
from app.domain.accounting.kpi_row import KpiRow
from app.domain.interval import Interval
from app.domain.roles import Identity, Permission
from app.historian.paging import EpisodeFilter, Page
from app.rest import (
    alerts,
    ask,
    decisions,
    demand,
    handovers,
    messages,
    problems,
    quality,
    quarantine,
    signals,
    work_orders,
)
from app.rest.body import UnknownType, raw_events
from app.rest.corrections import CorrectionsApi, add_routes
from app.rest.door import Answer, Door
from app.rest.exchange import as_json, whole_body
from app.rest.limits import TooLarge
from app.rest.openapi import document
from app.rest.shapes import correction_row, episode_row, finding_row, order_row, site_row
from app.rest.table import csv_answer, paged, wants_csv
from app.services import Services

Counted = Callable[[str, int], None]
OPENS_NOTHING = "this token opens nothing: mistyped, expired or revoked; `python -m app token list` shows the good ones"


class History(Protocol):
    """What the API asks of history (app.views)."""

    def kpis(self, question: ask.KpiQuestion) -> tuple[str, list[KpiRow]]:
        """Return the profile and version used, and the rows. Raises NotFound, Invalid."""

    def episodes(self, equipment: str, window: Interval, kept: EpisodeFilter, page: Page) -> list[Episode]:
        """Return a page of the episodes that overlap the window. Raises NotFound."""

    def orders(self, equipment: str, window: Interval, page: Page) -> list[OrderFact]:
        """Return a page of the order runs that overlap the window. Raises NotFound."""

    def findings(self, equipment: str, window: Interval, page: Page) -> list[FindingFact]:
        """Return a page of the findings that overlap the window. Raises NotFound."""

    def corrections(self, equipment: str, window: Interval, page: Page) -> list[CorrectionFact]:
        """Return a page of the corrections that concern the window. Raises NotFound."""


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
        packed = request.headers.get("Content-Encoding", "identity").lower()
        if packed not in ("identity", "gzip"):
            raise UnknownType(f"content encoding {packed[:40]}: must be gzip or none")
        raws = raw_events(whole_body(), request.mimetype)
        self.rate.take(who.name, len(raws))
        answers = self.door.take(raws, who)
        return as_json({**self._tally(answers), "results": answers})

    def equipment(self) -> Response:
        """GET /equipment: the sites, areas, lines and machines the asker may see."""
        require(_who(), Permission.SEE_LIVE)
        return as_json({"sites": [site_row(site) for site in self.services.tree()]})

    def kpis(self) -> Response:
        """GET /kpis: KPI rows, as JSON or CSV."""
        question = ask.kpi_question(request.args, self.services.now())
        require(_who(), Permission.SEE_HISTORY)
        found = self.services.equipment(question.equipment)
        profile, rows = self.history.kpis(replace(question, equipment=found))
        if wants_csv():
            return csv_answer([{"profile": profile, **msgspec.to_builtins(row)} for row in rows], "kpis")
        return as_json({"profile": profile, "rows": rows})

    def episodes(self) -> Response:
        """GET /episodes: stretches of machines' time, as JSON or CSV, page by page."""
        kept, page = ask.episode_filter(request.args), ask.page(request.args, (int, str))
        equipment, window = self._asked()
        found = self.history.episodes(equipment, window, kept, page)
        keys = [(e.start, e.machine) for e in found]
        return paged("episodes", [episode_row(episode) for episode in found], keys, page)

    def orders(self) -> Response:
        """GET /orders: runs of orders on lines, as JSON or CSV, page by page."""
        page = ask.page(request.args, (int, str, str))
        equipment, window = self._asked()
        found = self.history.orders(equipment, window, page)
        keys = [(run.start, run.line, run.order) for run in found]
        return paged("orders", [order_row(run) for run in found], keys, page)

    def findings(self) -> Response:
        """GET /findings: what is odd about the data, as JSON or CSV, page by page."""
        page = ask.page(request.args, (int, str, str))
        equipment, window = self._asked()
        found = self.history.findings(equipment, window, page)
        keys = [(f.since, f.equipment, f.rule) for f in found]
        return paged("findings", [finding_row(finding) for finding in found], keys, page)

    def corrections(self) -> Response:
        """GET /corrections: what people changed of a window, who, when and why, as JSON or CSV, page by page."""
        page = ask.page(request.args, (int, str))
        equipment, window = self._asked()
        found = self.history.corrections(equipment, window, page)
        return paged("corrections", [correction_row(c) for c in found], [(c.at, c.id) for c in found], page)

    def _asked(self) -> tuple[str, Interval]:
        """Return the equipment and window asked about, theirs to see the history of."""
        equipment, window = ask.equipment(request.args), ask.window(request.args, self.services.now())
        require(_who(), Permission.SEE_HISTORY)
        return self.services.equipment(equipment), window

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
    routes.add_url_rule("/orders", "orders", api.orders)
    routes.add_url_rule("/findings", "findings", api.findings)
    routes.add_url_rule("/corrections", "corrections", api.corrections)
    add_routes(routes, CorrectionsApi(api.services.commands))
    signals.add_routes(routes, signals.SignalsApi(api.services))
    alerts.add_routes(routes, alerts.AlertsApi(api.services))
    decisions.add_routes(routes, decisions.DecisionsApi(api.services))
    quality.add_routes(routes, quality.QualityApi(api.services))
    handovers.add_routes(routes, handovers.HandoversApi(api.services))
    messages.add_routes(routes, messages.MessagesApi(api.services))
    quarantine.add_routes(routes, quarantine.QuarantineApi(api.services))
    demand.add_routes(routes, demand.DemandApi(api.services))
    work_orders.add_routes(routes, work_orders.WorkOrdersApi(api.services))
    routes.add_url_rule("/openapi.json", "openapi", lambda: jsonify(document()))
    return routes


def _signed_in() -> Response | None:
    if request.endpoint == "api.openapi" or current_user.is_authenticated:
        return None
    is_sent = request.headers.get("Authorization", "").startswith("Bearer ")
    answer = problems.problem(401, OPENS_NOTHING if is_sent else "send a bearer token, or sign in")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _who() -> Identity:
    visitor: Visitor = current_user
    return visitor.identity
