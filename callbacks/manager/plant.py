"""The plant network: the address says the period, history answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.plant import PlantBoard
from app.domain.interval import DAY_MS, Interval
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.plant import PERIODS, Ids, layout, network


def page(services: Services, search: str) -> html.Div:
    """Return the page for the period in the address."""
    lang = language()
    return layout(head(services, t("page.plant", lang)), _board(services, search), lang)


def show_result(services: Services, search: str, path: str) -> list[Component]:
    """Return the table again when the period changes."""
    if path.rstrip("/") != "/plant":
        raise PreventUpdate
    return network(_board(services, search), language())


def _board(services: Services, search: str) -> PlantBoard:
    said = parse_qs(search.lstrip("?")).get("days", [""])[-1]
    days = int(said) if said.isdecimal() and int(said) in PERIODS else PERIODS[1]
    now = services.now()
    return services.network(Interval(now - days * DAY_MS, now))


def register(wire: Wire) -> None:
    """The period lives in the address; changing it draws the table again, never the page."""
    wire(show_result, Output(Ids.result, "children"), Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
