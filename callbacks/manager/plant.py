"""The plant network: the address says the period, history answers."""

from dataclasses import replace
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.plant import PlantBoard
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.period import period
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.plant import PERIODS, Ids, filters, layout, network


def page(services: Services, search: str) -> html.Div:
    """Return the page for the period in the address."""
    lang = language()
    return layout(head(services, t("page.plant", lang)), _board(services, search), lang)


def show_result(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and table again when the period changes."""
    if path.rstrip("/") != "/plant":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, lang), network(board, lang)


def _board(services: Services, search: str) -> PlantBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    asked = period(services, said, next(iter(services.places()), ""), PERIODS, PERIODS[1])
    return replace(services.network(asked.window), period=asked)


def register(wire: Wire) -> None:
    """The period lives in the address; changing it draws the table again, never the page."""
    outputs = (Output(Ids.filters, "children"), Output(Ids.result, "children"))
    wire(show_result, *outputs, Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
