"""`/quarantine`: events that were refused and why, put back or mended; `/plant-versions`: who changed what."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from flask import Blueprint, Response, request

from app.auth.guard import Invalid
from app.boards.catalogue import CatalogueQuestion, PlantEdition
from app.boards.connections import RefusedEvent
from app.rest import ask
from app.rest.exchange import as_json, decoded
from app.rest.limits import LONGEST_EVENT
from app.services import Services

Row = dict[str, object]
LONGEST_LINE = 300
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LINE)]


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True):
    """All refused events of a line with the same `group`, as `GET /quarantine` names it."""

    line: _Name
    group: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_EVENT)]


class MendBody(msgspec.Struct, forbid_unknown_fields=True):
    """One refused event as it is right; event: JSON as on the stream."""

    line: _Name
    id: _Name
    event: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_EVENT)]


@dataclass(frozen=True, slots=True)
class QuarantineApi:
    """The routes, one method each; the desks check who may what."""

    services: Services

    def list(self) -> Response:
        """GET /quarantine: the newest refused events of a line (or `door`: they name no line), newest first."""
        line, page = request.args.get("line", ""), ask.page({"limit": request.args.get("limit", "1000")}, ())
        if not 0 < len(line) <= LONGEST_LINE:
            raise Invalid("line: is needed, such as site/area/line, or `door` for events that name no line")
        found = self.services.connections.waiting(self.services.user(), line, page.most)
        return as_json({"line": line, "waiting": found.waiting, "refused": [refused_row(one) for one in found.events]})

    def replay(self) -> Response:
        """POST /quarantine/replay: put a group back, oldest first; what is still wrong is refused again."""
        body: ReplayBody = decoded(ReplayBody)
        return as_json({"replayed": self.services.connections.replay(self.services.user(), body.line, body.group)})

    def mend(self) -> Response:
        """POST /quarantine/mend: put one event back as it is right."""
        body: MendBody = decoded(MendBody)
        self.services.connections.mend(self.services.user(), body.line, body.id, body.event)
        return as_json({"replayed": 1})

    def versions(self) -> Response:
        """GET /plant-versions: plant files that were in use, newest first, each with author and what it changed."""
        board = self.services.catalogue(CatalogueQuestion(ask.equipment(request.args), tab="plant"))
        return as_json({"versions": [edition_row(one) for one in board.editions]})


def add_routes(routes: Blueprint, api: QuarantineApi) -> None:
    """Add refused events and plant versions to /api/v1."""
    routes.add_url_rule("/quarantine", "quarantine", api.list)
    routes.add_url_rule("/quarantine/replay", "replay_quarantine", api.replay, methods=["POST"])
    routes.add_url_rule("/quarantine/mend", "mend_quarantine", api.mend, methods=["POST"])
    routes.add_url_rule("/plant-versions", "plant_versions", api.versions)


def refused_row(one: RefusedEvent) -> Row:
    """Return a refused event; at: when it was refused, UTC ms; group: its reason without numbers."""
    return {"id": one.id, "at": one.at, "reason": one.reason, "group": one.key, "event": one.raw}


def edition_row(one: PlantEdition) -> Row:
    """Return a plant file in use since `at` (UTC ms); more: changes that are not listed."""
    changes = [{"key": c.path, "before": c.before, "after": c.after} for c in one.changes]
    told: Row = {"version": one.version, "at": one.at, "by": one.by, "note": one.note}
    return {**told, "first": one.is_first, "changes": changes, "more": one.more}
