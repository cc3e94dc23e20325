"""The panel behind every number: the address says which one is open, so a link opens it for somebody else."""

import re
from typing import TypedDict
from urllib.parse import parse_qs

from dash import Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.explain import Kept
from app.domain.governance.findings import Disputed
from app.domain.interval import Interval
from app.services import Refused, Services
from app.text.translate import t
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.dispute import DisputeIds
from layouts.components.explain_panel import explain_panel, problem_panel
from layouts.frame import Ids


class Address(TypedDict):
    """Where the browser is, as assets/js/21-panel.js tells it when another panel is to be open."""

    search: str
    path: str


def show_panel(services: Services, told: Address | None, search: str, path: str) -> Component | None:
    """Return the open panel, or None when the address opens none. told None: the address as the page was opened."""
    search, path = (told["search"], told["path"]) if told else (search, path)
    asked = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    if "explain" not in asked:
        return None
    names = {reason.id: reason.name for reason in services.plant.reasons.by_id.values()}
    place = asked.get("of") or path.strip("/").partition("/")[2]
    try:
        found = services.explain(asked["explain"], place, _window(asked), _kept(asked))
    except Refused as refused:
        return problem_panel(refused.words(language()), language())
    return explain_panel(found, names, language())


def dispute(services: Services, ask: dict[str, str] | None) -> dict[str, object]:
    """Keep that somebody says a figure or stop is not right; return what the toast says."""
    if not ask:
        raise PreventUpdate
    window = _window(ask) or Interval(0, 0)
    about = Disputed(ask.get("about", ""), window)
    equipment = services.equipment(ask.get("equipment", ""))
    services.findings.dispute(services.user(), equipment, about, ask.get("note", ""))
    lang = language()
    return {"kind": "done", "key": ask["key"], "title": t("dispute.done", lang), "text": t("dispute.next", lang)}


def _kept(asked: dict[str, str]) -> Kept:
    """Return which filters the figure was made with, as layouts.components.opens says them."""
    return Kept(
        shift=asked.get("during"),
        in_shifts="within" in asked,
        product=asked.get("making"),
        crew=asked.get("crewed"),
        reason=asked.get("because"),
    )


def _window(asked: dict[str, str]) -> Interval | None:
    start, end = asked.get("from", ""), asked.get("to", "")
    if not (_TIME.fullmatch(start) and _TIME.fullmatch(end) and int(start) < int(end)):
        return None
    return Interval(int(start), int(end))


_TIME = re.compile(r"[0-9]{1,14}")


def register(wire: Wire) -> None:
    """The panel follows the address; what is disputed in it goes to its owner."""
    address = (State(Ids.url, "search"), State(Ids.url, "pathname"))
    wire(dispute, Output(Ids.answer, "data", allow_duplicate=True), Input(DisputeIds.asks, "data"))
    wire(show_panel, Output(Ids.panel, "children"), Input(Ids.opened, "data"), *address, at_start=True)
