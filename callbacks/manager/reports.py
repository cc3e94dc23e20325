"""Reports: the address says of what, history answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.report import ReportBoard, ReportQuestion
from app.services import Invalid, Services
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.manager.reports import Ids, layout, paper


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang = language()
    return layout(head(services, t("page.reports", lang)), _board(services, search), services.places(), lang)


def show_result(services: Services, search: str, path: str) -> list[Component]:
    """Return the report again when the choice in the address changes."""
    if path.rstrip("/") != "/reports":
        raise PreventUpdate
    board = _board(services, search)
    return paper(board, Numbers(language(), board.zone))


def _board(services: Services, search: str) -> ReportBoard:
    """Return the report of the address; a day or shift there is not is as on the first visit."""
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    try:
        return services.report(ReportQuestion(place, said.get("date", ""), said.get("shift") or None))
    except Invalid:
        return services.report(ReportQuestion(place))


def register(wire: Wire) -> None:
    """The choice lives in the address; changing it draws the report again, never the page."""
    wire(show_result, Output(Ids.result, "children"), Input(FrameIds.url, "search"), State(FrameIds.url, "pathname"))
