"""`GET /quality`: a machine's control chart with the rules that fired, what explains rejects, and adjustments."""

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, request

from app.boards.quality import REJECTS, AdjustmentRow, QualityBoard
from app.domain.decisions.attribution import Cause
from app.domain.decisions.charts import Chart
from app.rest import ask
from app.rest.exchange import as_json
from app.services import Services

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class QualityApi:
    """Quality's questions; who asks must be allowed to see the line's history."""

    services: Services

    def quality(self) -> Response:
        """GET /quality?equipment=&chart=: of a machine or a line's constraint; chart: rejects, defects, a signal."""
        services, place = self.services, ask.equipment(request.args)
        board = services.loop.quality.board(services.user(), place, chart=request.args.get("chart", REJECTS)[:120])
        return as_json(quality_row(board))


def add_routes(routes: Blueprint, api: QualityApi) -> None:
    """Add quality to /api/v1."""
    routes.add_url_rule("/quality", "quality", api.quality)


def quality_row(board: QualityBoard) -> Row:
    """Return the board; times UTC ms, shares fractions, process values in `unit`."""
    asked = board.question
    return {
        "line": asked.place,
        "machine": asked.machine,
        "chart": asked.chart,
        "unit": "fraction" if asked.is_counted else board.unit,
        "at": board.at,
        "product": board.product,
        "risen_at": board.risen_at,
        "charts": [_chart(chart) for chart in board.charts],
        "fired": [{"rule": one.rule, "at": list(one.at)} for one in board.fired],
        "capability": None if board.capability is None else msgspec.to_builtins(board.capability),
        "causes": [_cause(cause) for cause in board.causes],
        "adjustments": [_adjustment(row) for row in board.adjustments],
    }


def _chart(chart: Chart) -> Row:
    points = [{**point._asdict()} for point in chart.points]
    return {"kind": chart.kind, "baseline": chart.baseline, "points": points}


def _cause(cause: Cause) -> Row:
    return {
        "machine": cause.parameter.machine,
        "signal": cause.parameter.signal,
        "strength": cause.strength,
        "lag_ms": cause.lag_ms,
        "n": cause.n,
        "p": cause.p,
        "explains": cause.explains,
    }


def _adjustment(row: AdjustmentRow) -> Row:
    a, effect = row.adjustment, row.effect
    change = None if effect is None or effect.change is None else effect.change._asdict()
    return {
        "id": a.id,
        "machine": a.machine,
        "signal": a.signal,
        "unit": a.unit,
        "from": a.from_value,
        "to": a.to_value,
        "state": a.state,
        "suggestion": a.suggestion,
        "steps": [step._asdict() for step in a.steps],
        "effect": None if effect is None else {"before": effect.before, "after": effect.after, "change": change},
    }
