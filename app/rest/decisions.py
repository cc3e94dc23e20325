"""`GET /decisions`, `POST /decisions`: suggestions, what people decide about them, and what it brought."""

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, request

from app.boards.decisions import Decided, Offer
from app.domain.suggestion import Gain, Suggestion, Verdict
from app.rest import ask
from app.rest.exchange import as_json, decoded
from app.rest.table import as_csv
from app.services import Services
from app.text.numbers import Numbers
from app.text.said import words
from app.text.translate import choose

Row = dict[str, object]


class DecisionBody(msgspec.Struct, forbid_unknown_fields=True):
    """What was decided about a suggestion, named by its `key` as GET gave it."""

    key: str
    verdict: Verdict
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionsApi:
    """The questions, one method each, within the scope of who asks."""

    services: Services

    def decisions(self) -> Response:
        """GET /decisions: what they may decide, best first, and what was decided in the last 14 days."""
        who, place = self.services.user(), ask.equipment(request.args)
        board = self.services.loop.decisions.board(who, self.services.equipment(place))
        numbers = Numbers(choose([request.args.get("lang")]), board.zone)
        found = [offer_row(offer, numbers) for offer in board.offers]
        found += [decided_row(one, numbers) for one in board.decided]
        if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
            answer = Response(as_csv(found), content_type="text/csv; charset=utf-8")
            answer.headers["Content-Disposition"] = 'attachment; filename="decisions.csv"'
            return answer
        return as_json({"at": board.at, "decisions": found})

    def decide(self) -> Response:
        """POST /decisions: keep what was decided; what was accepted is carried out once."""
        body: DecisionBody = decoded(DecisionBody)
        done = self.services.loop.decisions.decide(self.services.user(), body.key, body.verdict, body.note)
        said = done.decision
        told: Row = {"key": said.key, "verdict": said.verdict, "by": said.by, "at": said.at, "note": said.note}
        problem = None if done.problem is None else str(done.problem)
        return as_json({**told, "reference": said.reference, "problem": problem})


def add_routes(routes: Blueprint, api: DecisionsApi) -> None:
    """Add decisions to /api/v1."""
    routes.add_url_rule("/decisions", "decisions", api.decisions)
    routes.add_url_rule("/decisions", "decide", api.decide, methods=["POST"])


def offer_row(offer: Offer, numbers: Numbers) -> Row:
    """Return an open suggestion; times UTC ms, confidence a fraction, expected in good units this shift."""
    ranked = offer.ranked
    figures = {"confidence": ranked.confidence, "expected": ranked.expected}
    return {**_suggestion_row(ranked.suggestion, numbers), **figures, "state": "open", **_NOTHING}


def decided_row(one: Decided, numbers: Numbers) -> Row:
    """Return a decided suggestion; brought: good units per shift, null without enough data."""
    said, out = one.decision, one.outcome
    brought = {
        "brought_low": None if out is None else out.low,
        "brought": None if out is None else out.mid,
        "brought_high": None if out is None else out.high,
    }
    told = {"by": said.by, "decided_at": said.at, "note": said.note, "reference": said.reference, **brought}
    figures = {"confidence": one.suggestion.confidence, "expected": None}
    return {**_suggestion_row(one.suggestion, numbers), **figures, "state": said.verdict, **told}


_NOTHING: Row = dict.fromkeys(("by", "decided_at", "note", "reference", "brought_low", "brought", "brought_high"), None)


def _suggestion_row(suggestion: Suggestion, numbers: Numbers) -> Row:
    gain: Gain | None = suggestion.gain
    return {
        "key": suggestion.key,
        "flow": suggestion.flow,
        "rule": suggestion.rule,
        "equipment": suggestion.equipment,
        "since": suggestion.at,
        "title": suggestion.title.key,
        "said": words(suggestion.title, numbers),
        "why": words(suggestion.why, numbers),
        "steps": [words(step, numbers) for step in suggestion.playbook],
        "fields": dict(suggestion.title.fields),
        "action": suggestion.action,
        "gain_low": None if gain is None else gain.low,
        "gain": None if gain is None else gain.mid,
        "gain_high": None if gain is None else gain.high,
    }
