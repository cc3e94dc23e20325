"""Outcomes: the address says of what and how far back, history answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.outcomes import OutcomesBoard
from app.services import Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.outcomes import PERIODS, Ids, filters, layout, result

USUAL = "60"


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    title = head(services, t("page.outcomes", language()))
    return layout(title, _board(services, search), services.places(), language())


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and figures again when the choice changes."""
    if path.rstrip("/") != "/outcomes":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, services.places(), lang), result(board, lang)


def _board(services: Services, search: str) -> OutcomesBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    back = said.get("back", USUAL)
    return services.loop.decisions.outcomes(services.user(), place, int(back if back in PERIODS else USUAL))


def register(wire: Wire) -> None:
    """The choice lives in the address."""
    address = (Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
    wire(show_choice, Output(Ids.filters, "children"), Output(Ids.result, "children"), *address)
