"""`GET /signals`, `/issues`, `/sources`: what is measured, how far to trust it, what its owners have to do."""

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, request

from app.boards.catalogue import CatalogueBoard, CatalogueQuestion, CatalogueRow
from app.boards.connections import SourceRow
from app.domain.governance.findings import Disputed, Issue
from app.domain.interval import Interval
from app.rest import ask
from app.rest.exchange import as_json, decoded
from app.services import Services

Row = dict[str, object]


class DisputeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is not right: a figure's key as in KPI rows, or `stop`, in [from, to) UTC ms; note: why."""

    equipment: str
    about: str
    start: int = msgspec.field(name="from")
    end: int = msgspec.field(name="to")
    note: str


@dataclass(frozen=True, slots=True)
class SignalsApi:
    """The catalogue's questions, one method each; who asks must be allowed to see the place's history."""

    services: Services

    def signals(self) -> Response:
        """GET /signals: each signal with meaning, unit, owner, rules, lineage, value, score."""
        board = self._board()
        return as_json({"at": board.at, "signals": [signal_row(row) for row in board.rows]})

    def issues(self) -> Response:
        """GET /issues: findings of the last 30 days as issues with owner, due time and what became of them."""
        now = self.services.now()
        return as_json({"issues": [issue_row(issue, now) for issue in self._board().issues]})

    def dispute(self) -> Response:
        """POST /issues: say that a figure or stop is not right; it becomes an issue of its owner."""
        body: DisputeBody = decoded(DisputeBody)
        about = Disputed(body.about, Interval(body.start, body.end))
        services = self.services
        found = services.findings.dispute(services.user(), services.equipment(body.equipment), about, body.note)
        return as_json({"equipment": found.equipment, "rule": found.rule, "by": found.by, "at": found.at}, 201)

    def sources(self) -> Response:
        """GET /sources: each source of the plant file with how it is heard, within the scope of who asks."""
        services = self.services
        board = services.connections.board(services.user(), "sources")
        return as_json(
            {"at": board.at, "refused": board.refused, "sources": [source_row(row) for row in board.sources]}
        )

    def _board(self) -> CatalogueBoard:
        return self.services.catalogue(CatalogueQuestion(ask.equipment(request.args)))


def add_routes(routes: Blueprint, api: SignalsApi) -> None:
    """Add the catalogue to /api/v1."""
    routes.add_url_rule("/signals", "signals", api.signals)
    routes.add_url_rule("/issues", "issues", api.issues)
    routes.add_url_rule("/issues", "dispute", api.dispute, methods=["POST"])
    routes.add_url_rule("/sources", "sources", api.sources)


def signal_row(row: CatalogueRow) -> Row:
    """Return a signal; times UTC ms, rates per second, `score` a fraction of the last hour."""
    signal, state, way = row.signal, row.state, row.lineage
    return {
        "machine": row.machine,
        "signal": signal.id,
        "meaning": signal.meaning,
        "unit": signal.unit,
        "owner": signal.owner,
        "rules": {
            "range": None if signal.low is None else [signal.low, signal.high],
            "max_rate_per_s": signal.max_rate_per_s,
            "every_ms": signal.every_ms,
            "allowed": list(signal.allowed),
            "counter": None if signal.counter is None else signal.counter.kind,
        },
        "lineage": {"source": way.source, "gateway": way.gateway, "address": way.address, "feeds": list(way.feeds)},
        "state": state.how,
        "broken": state.broken,
        "detail": state.detail,
        "heard": state.heard,
        "value": state.value,
        "score": state.score,
    }


def source_row(row: SourceRow) -> Row:
    """Return a source; `at` UTC ms of its gateway's last sign of life; figures as the gateway counts them."""
    return {
        "source": row.id,
        "gateway": row.gateway,
        "url": row.url,
        "owner": row.owner,
        "machines": list(row.machines),
        "state": row.how,
        "problem": row.problem,
        "at": row.at,
        "figures": dict(row.figures),
    }


def issue_row(issue: Issue, now: int) -> Row:
    """Return an issue; times UTC ms."""
    accepted, closed = issue.accepted, issue.closed
    return {
        "equipment": issue.equipment,
        "rule": issue.rule,
        "signal": issue.signal,
        "owner": issue.owner,
        "state": issue.state,
        "overdue": issue.is_overdue(now),
        "since": issue.since,
        "until": issue.until,
        "due": issue.due,
        "times": issue.times,
        "detail": issue.detail,
        "accepted_by": None if accepted is None else accepted.by,
        "closed_by": None if closed is None else closed.by,
        "closed_at": None if closed is None else closed.at,
        "cause": None if closed is None else closed.cause,
    }
