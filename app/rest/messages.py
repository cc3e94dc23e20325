"""`/messages`: what goes out to people and systems; a dead one sent again, a waiting one given up."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.boards.messages import MessageRow
from app.rest import ask
from app.rest.exchange import as_json
from app.rest.table import paged
from app.services import Services
from app.text.translate import choose

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class MessagesApi:
    """The routes, one method each; the desk checks who may what."""

    services: Services

    def list(self) -> Response:
        """GET /messages: newest first, as JSON or CSV, page by page; `state` narrows it."""
        args, page = request.args, ask.page(request.args, (int, str))
        lang = choose([args.get("lang")])
        found = self.services.loop.messages.page(self.services.user(), args.get("state"), page, lang)
        keys = [(row.parcel.created, row.parcel.key) for row in found]
        return paged("messages", [message_row(row) for row in found], keys, page)

    def again(self, key: str) -> Response:
        """POST /messages/{key}/again: send a dead one once more, with the id it had."""
        self.services.loop.messages.again(self.services.user(), key)
        return as_json({"done": "again"})

    def drop(self, key: str) -> Response:
        """POST /messages/{key}/drop: give up one that waits to be sent."""
        self.services.loop.messages.drop(self.services.user(), key)
        return as_json({"done": "drop"})


def add_routes(routes: Blueprint, api: MessagesApi) -> None:
    """Add messages to /api/v1."""
    routes.add_url_rule("/messages", "messages", api.list)
    routes.add_url_rule("/messages/<key>/again", "message_again", api.again, methods=["POST"])
    routes.add_url_rule("/messages/<key>/drop", "drop_message", api.drop, methods=["POST"])


def message_row(row: MessageRow) -> Row:
    """Return a message; times UTC ms; its body is not part of it. next_at: when it is tried, null: it is not."""
    parcel = row.parcel
    return {
        "key": parcel.key,
        "state": parcel.state,
        "channel": parcel.channel,
        "kind": parcel.kind,
        "to": parcel.to or None,
        "target": parcel.target or None,
        "equipment": parcel.equipment,
        "about": row.about,
        "created": parcel.created,
        "attempts": parcel.attempts,
        "next_at": parcel.next_at if parcel.state in ("pending", "failed") else None,
        "sent_at": parcel.sent_at,
        "may_have_arrived": parcel.is_again,
        "answer": parcel.answer,
    }
