"""`/demand` and `/schedule`: what is wanted, in and out; the plan with what is predicted of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid
from app.boards.schedule import ScheduleBoard
from app.domain.decisions.demand import Wrong
from app.historian.demand import Known
from app.rest.body import CSV_TYPE, UnknownType
from app.rest.exchange import as_json, whole_body
from app.services import Services
from app.text.translate import t

Row = dict[str, object]
JSON_TYPE = "application/json"
_rows = msgspec.json.Decoder(list[dict[str, object]])


@dataclass(frozen=True, slots=True)
class DemandApi:
    """The schedule's questions, one method each."""

    services: Services

    def demand(self) -> Response:
        """GET /demand: what is wanted of places the asker sees, by due time."""
        found = self.services.loop.schedule.demand(self.services.user())
        return as_json({"demand": [demand_row(known) for known in found]})

    def take(self) -> Response:
        """POST /demand: take orders, a JSON array or CSV; rows that are wrong are answered with what would be right."""
        who, desk, body = self.services.user(), self.services.loop.schedule, whole_body()
        if request.mimetype == CSV_TYPE:
            taken, counted = desk.take_csv(who, _text(body), who.name)
        elif request.mimetype == JSON_TYPE:
            taken, counted = desk.take_rows(who, _decoded(body))
        else:
            raise UnknownType(f"content type {request.mimetype or 'none'}: must be {JSON_TYPE} or {CSV_TYPE}")
        return as_json({**counted._asdict(), "wrong": [wrong_row(one) for one in taken.wrong]})

    def schedule(self) -> Response:
        """GET /schedule: the plan a site works by, or the newest proposal, within the asker's scope."""
        board = self.services.loop.schedule.board(self.services.user(), request.args.get("site"))
        return as_json(schedule_row(board))


def add_routes(routes: Blueprint, api: DemandApi) -> None:
    """Add the schedule to /api/v1."""
    routes.add_url_rule("/demand", "demand", api.demand)
    routes.add_url_rule("/demand", "take_demand", api.take, methods=["POST"])
    routes.add_url_rule("/schedule", "schedule", api.schedule)


def demand_row(known: Known) -> Row:
    """Return an order; times UTC ms."""
    return {**msgspec.to_builtins(known.wanted), "version": known.version, "at": known.at, "by": known.by}


def wrong_row(one: Wrong) -> Row:
    """Return a row that was not taken. row: from 1 without a header, 0: the whole."""
    return {"row": one.row, "column": one.column, "detail": t(one.what.key, "en", **one.what.fields)}


def schedule_row(board: ScheduleBoard) -> Row:
    """Return a plan: runs of orders on lines, times UTC ms; orders at risk with what helps; costs as the site's."""
    head = board.head
    runs = [
        {"line": line.path, **msgspec.to_builtins(bar), "late": bar.is_late}
        for line in board.lines
        for bar in line.bars
    ]
    return {
        "site": board.site,
        "plan": None if head is None else head.id,
        "state": None if head is None else head.state,
        "accepted_by": None if head is None else head.accepted_by,
        "accepted_at": None if head is None else head.accepted_at,
        "predicted_at": None if head is None else head.at,
        "stale": head is not None and head.stale,
        "runs": runs,
        "risks": [msgspec.to_builtins(risk) for risk in board.risks],
    }


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("the body is not CSV in UTF-8") from error


def _decoded(body: bytes) -> list[Mapping[str, object]]:
    try:
        return list(_rows.decode(body))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(f"the body is no JSON array of orders: {error}") from error
