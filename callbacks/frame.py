"""The shell every page lives in, and the wire that opens a page when the address changes."""

import logging

from dash import Input, Output, State, html

from app.domain.roles import Identity
from app.services import Refused, Services
from app.sitemap import Visit, menu
from app.text.translate import t
from callbacks.admin import admin
from callbacks.engineer import catalogue, commissioning, connections, maintenance, messages, quality, rules, schedule
from callbacks.language import language
from callbacks.manager import outcomes, plant, reports, shifts
from callbacks.operator import handover, line, practice
from callbacks.supervisor import alerts, area, decisions, downtime, skills
from callbacks.wall import kiosk
from callbacks.wire import Wire
from layouts.components.bell import Face, counts, needs_list
from layouts.components.pagebox import PageHead, page_box
from layouts.components.states import blank
from layouts.frame import Ids, MenuGroup, Person, frame

log = logging.getLogger("lineside.page")


def shell(services: Services) -> html.Div:
    """Return the shell for the person who asks."""
    who = services.user()
    return frame(Person(who.name, who.role.value, _menu(services, who)), services.tree(), language())


def open_page(services: Services, path: str, search: str) -> html.Div:
    """Return the page of the address; what may not be shown or does not exist is a page that says so."""
    try:
        return _page(services, services.visit(path), search)
    except Refused as refused:
        kind = "forbidden" if refused.kind == "forbidden" else "not_found"
    except Exception:
        log.exception("a page failed", extra={"path": path})
        kind = "error"
    now, lang = services.now(), language()
    title = t(f"state.{kind}.title", lang)
    return page_box(PageHead(f"{path}-{now}", title, now), "states", [blank(kind, lang, href="/")])  # type: ignore[arg-type]


_BY_SEARCH = {
    "downtime": downtime.page,
    "decisions": decisions.page,
    "outcomes": outcomes.page,
    "reports": reports.page,
    "plant": plant.page,
    "catalogue": catalogue.page,
    "connections": connections.page,
    "commissioning": commissioning.page,
    "rules": rules.page,
    "alerts": alerts.page,
    "quality": quality.page,
    "messages": messages.page,
    "handover": handover.page,
    "practice": practice.page,
    "skills": skills.page,
    "schedule": schedule.page,
    "maintenance": maintenance.page,
    "admin": admin.page,
}
"""Pages whose address says the rest behind `?`."""


def _page(services: Services, visit: Visit, search: str) -> html.Div:
    if visit.page.key == "line":
        return line.page(services, visit.arg or "")
    if visit.page.key == "area":
        return area.page(services, visit.arg or "")
    if visit.page.key == "kiosk":
        return kiosk.page(services, visit.arg or "")
    return _BY_SEARCH.get(visit.page.key, shifts.page)(services, search)


def show_needs(services: Services, asked: int | None) -> tuple[html.Div, Face, Face]:
    """Return the list behind the bell, and its counts of alerts and of everything else."""
    lang, who = language(), services.user()
    alerts = services.loop.alerts.waiting(who)
    needs = services.loop.people.skills.called(who, services.needs())
    return needs_list(alerts, needs, lang), *counts(alerts, needs, lang)


def _menu(services: Services, who: Identity) -> tuple[MenuGroup, ...]:
    home = services.home()
    lines = services.my_lines()
    live = []
    if lines:
        live = [(f"/area/{lines[0].path.rsplit('/', 1)[0]}", "page.area")]
    if home.startswith("/line/"):
        live.insert(0, (home, "page.line"))
    groups = ((title, tuple((page.pattern.pattern, page.title) for page in pages)) for title, pages in menu(who))
    return ("", tuple(live)), *groups


def register(wire: Wire) -> None:
    """Wire the shell."""
    wire(open_page, Output(Ids.page, "children"), Input(Ids.url, "pathname"), State(Ids.url, "search"), at_start=True)
    told = (Ids.needs, Ids.needs_alerts, Ids.needs_rest)
    wire(show_needs, *(Output(name, "children") for name in told), Input(Ids.needs_asked, "data"))
