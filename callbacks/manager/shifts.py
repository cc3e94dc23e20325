"""Shift comparison: the address says what is compared, history answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.domain.interval import DAY_MS, Interval
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.shifts import PERIODS, Choice, Ids, comparison, layout


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    choice = _choice(services, search)
    lang = language()
    return layout(
        head(services, t("page.shifts", lang)), choice, _places(services), _result(services, choice, lang), lang
    )


def show_result(services: Services, search: str, path: str) -> list[Component]:
    """Return the comparison again when the filters in the address change."""
    if path.rstrip("/") != "/shifts":
        raise PreventUpdate
    return _result(services, _choice(services, search), language())


def _result(services: Services, choice: Choice, lang: str) -> list[Component]:
    now = services.now()
    return comparison(services.shifts(choice.equipment, Interval(now - choice.days * DAY_MS, now)), lang)


def _choice(services: Services, search: str) -> Choice:
    asked = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    days = int(asked["days"]) if asked.get("days", "").isdecimal() else PERIODS[1]
    return Choice(asked.get("of_place") or next(iter(_places(services)), ""), days if days in PERIODS else PERIODS[1])


def _places(services: Services) -> dict[str, str]:
    """Return path -> name of every area and line this person may compare, lines under their areas."""
    found: dict[str, str] = {}
    for site in services.tree():
        for area in site.areas:
            found[area.path] = f"{site.name} \u203a {area.name}"
            found.update({line.path: f"{area.name} \u203a {line.name}" for line in area.lines})
    return found


def register(wire: Wire) -> None:
    """Filters live in the address; changing one draws the answer again, never the page."""
    wire(show_result, Output(Ids.result, "children"), Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
