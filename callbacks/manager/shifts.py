"""Shift comparison: the address says what is compared, history answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.shifts import WAYS, ShiftQuestion
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.period import period
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.shifts import PERIODS, Ids, comparison, filters, layout


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang = language()
    board = services.shifts(_asked(services, search))
    return layout(head(services, t("page.shifts", lang)), board, services.places(), lang)


def show_result(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and comparison again when the address changes."""
    if path.rstrip("/") != "/shifts":
        raise PreventUpdate
    board, lang = services.shifts(_asked(services, search)), language()
    return filters(board, services.places(), lang), comparison(board, lang)


def _asked(services: Services, search: str) -> ShiftQuestion:
    """Return the question in the address; what it does not say, or says wrongly, is as on the first visit."""
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    asked = period(services, said, place, PERIODS, PERIODS[1])
    return ShiftQuestion(
        equipment=place,
        window=asked.window,
        period=asked,
        by=next((way for way in WAYS if way == said.get("by")), WAYS[0]),
        shift=said.get("only"),
        product=said.get("product"),
        first=said.get("first"),
        second=said.get("second"),
        like_for_like=said.get("mix") == "same",
    )


def register(wire: Wire) -> None:
    """Filters live in the address; changing one draws the answer again, never the page."""
    outputs = (Output(Ids.filters, "children"), Output(Ids.result, "children"))
    wire(show_result, *outputs, Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
