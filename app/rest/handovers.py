"""`GET /handovers`: what shifts left for the next one, as signed."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.decisions.handover import Handover
from app.domain.roles import covers
from app.rest import ask
from app.rest.exchange import as_json
from app.services import Services
from app.text.numbers import Numbers
from app.text.said import words

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class HandoversApi:
    """Signed handovers; drafts stay on their page."""

    services: Services

    def handovers(self) -> Response:
        """GET /handovers: the newest fifty signed ones of a site, area or line, within the scope of who asks."""
        services = self.services
        place = services.equipment(ask.equipment(request.args))
        zones = {line.path: line.zone for line in services.my_lines() if covers(place, line.path)}
        found = services.loop.people.handover.signed(services.user(), list(zones))
        rows = [handover_row(one, zones[one.line]) for one in found]
        return as_json({"handovers": rows})


def add_routes(routes: Blueprint, api: HandoversApi) -> None:
    """Add handovers to /api/v1."""
    routes.add_url_rule("/handovers", "handovers", api.handovers)


def handover_row(one: Handover, zone: str) -> Row:
    """Return a handover; times UTC ms; `text` in English with times of day in the line's zone, `fields` as they are."""
    numbers = Numbers("en", zone)
    return {
        "line": one.line,
        "shift": one.shift,
        "from": one.start,
        "to": one.end,
        "signed_by": one.signed_by,
        "signed_at": one.signed_at,
        "sentences": [
            {
                "key": item.key,
                "group": item.group,
                "text": words(item.said, numbers),
                "fields": dict(item.said.fields),
            }
            for item in one.items
        ],
        "note": one.note,
        "addenda": [{"at": added.at, "by": added.by, "text": added.text} for added in one.addenda],
        "read_by": list(one.read_by),
    }
