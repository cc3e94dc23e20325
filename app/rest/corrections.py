"""`PATCH /episodes/{id}`, `POST /episodes/merge`, `POST /corrections`: what people put right, over REST."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid
from app.commands.counts import CountEdit
from app.commands.desk import Receipt
from app.commands.extent import StopSeen
from app.commands.runs import OrderEdit
from app.commands.shifts import ShiftsEdit
from app.commands.spoken import Commands
from app.commands.stops import StopEdit, StopMerge, StopSplit
from app.domain.events.contract import Correction, Millis, OrderAction
from app.rest.exchange import as_json, decoded
from app.rest.problems import problem
from app.rest.shapes import seen_of

LONGEST_KEY = 100
MOST_MERGED = 50


class EpisodePatch(msgspec.Struct, forbid_unknown_fields=True):
    """What a stop was. reason null takes back what was said; state: what unknown time was; split_at: from then on."""

    reason: str | None = None
    planned: bool | None = None
    state: Literal["run", "stop", "setup", "starved", "blocked", "planned"] | None = None
    split_at: Millis | None = None
    note: str | None = None


class EpisodeSeen(msgspec.Struct, forbid_unknown_fields=True):
    """An episode with the etag under which it was read."""

    id: str
    etag: str


class EpisodesMerge(msgspec.Struct, forbid_unknown_fields=True):
    """Stops of one machine that were one."""

    episodes: list[EpisodeSeen]
    reason: str
    planned: bool | None = None
    note: str | None = None


class CountsWrong(msgspec.Struct, tag_field="kind", tag="counts", forbid_unknown_fields=True):
    """What a machine made at `made_at` was miscounted by so much."""

    machine: str
    made_at: Millis
    note: str
    good: Correction = 0
    reject: Correction = 0
    rework: Correction = 0
    reason: str | None = None


class OrderWrong(msgspec.Struct, tag_field="kind", tag="order", forbid_unknown_fields=True):
    """The start or end of an order was not at `was` but at `at`."""

    line: str
    order: str
    action: OrderAction
    was: Millis
    at: Millis
    note: str
    product: str | None = None


class ShiftsWrong(msgspec.Struct, tag_field="kind", tag="shifts", forbid_unknown_fields=True):
    """On a local date these shifts of the line's calendar opened; null: as the plant file has it."""

    line: str
    date: dt.date
    shifts: list[str] | None
    note: str


Wrong = CountsWrong | OrderWrong | ShiftsWrong


@dataclass(frozen=True, slots=True)
class CorrectionsApi:
    """The writing routes."""

    commands: Commands

    def patch_episode(self, episode: str) -> Response:
        """PATCH /episodes/{id}: say what it was; `If-Match` carries the etag it was read with."""
        body = decoded(EpisodePatch)
        tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not tag:
            return problem(428, "If-Match: send the episode's etag, so that nobody's change is written over")
        saw, end = seen_of(tag)
        if body.split_at is not None:
            if body.reason is None or body.state is not None:
                raise Invalid("split_at: needs a reason beside it, and no state")
            split = StopSplit(episode, body.split_at, body.reason, saw, end, body.planned, body.note, _key())
            return _taken(self.commands.split(split))
        edit = StopEdit(episode, body.reason, saw, body.planned, body.note, _key(), end, body.state)
        return _taken(self.commands.classify(edit))

    def merge_episodes(self) -> Response:
        """POST /episodes/merge: say that stops were one."""
        body = decoded(EpisodesMerge)
        if len(body.episodes) > MOST_MERGED:
            raise Invalid(f"episodes: at most {MOST_MERGED} at once")
        seen = [StopSeen(one.id, *seen_of(one.etag.strip('"'))) for one in body.episodes]
        return _taken(self.commands.merge(StopMerge(seen, body.reason, body.planned, body.note, _key())))

    def post_correction(self) -> Response:
        """POST /corrections: put counts, an order's times or a date's shifts right."""
        body: Wrong = decoded(Wrong)
        if isinstance(body, CountsWrong):
            made = (body.good, body.reject, body.rework)
            edit = CountEdit(body.machine, body.made_at, body.note, *made, reason=body.reason, key=_key())
            return _taken(self.commands.counts(edit))
        if isinstance(body, OrderWrong):
            times = (body.action, body.was, body.at)
            return _taken(
                self.commands.correct_order(OrderEdit(body.line, body.order, *times, body.note, body.product, _key()))
            )
        return _taken(self.commands.shifts(ShiftsEdit(body.line, body.date, body.shifts, body.note, _key())))


def add_routes(routes: Blueprint, api: CorrectionsApi) -> None:
    """Add the writing routes to /api/v1."""
    routes.add_url_rule("/episodes/<path:episode>", "patch_episode", api.patch_episode, methods=["PATCH"])
    routes.add_url_rule("/episodes/merge", "merge_episodes", api.merge_episodes, methods=["POST"])
    routes.add_url_rule("/corrections", "post_correction", api.post_correction, methods=["POST"])


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(f"Idempotency-Key: at most {LONGEST_KEY} printable characters")
    return key


def _taken(receipt: Receipt) -> Response:
    """Return what was taken: on the stream, and in the figures with the engine's next tick."""
    return as_json({"line": receipt.line, "id": receipt.id, "at": receipt.at}, 202)
