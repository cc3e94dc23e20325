"""The shell every page lives in, and the wire that opens a page when the address changes."""

from urllib.parse import parse_qs

from dash import Input, Output, dcc, html

from app.services import Services
from callbacks.wire import Wire
from layouts.components.problem import problem_store
from layouts.ids import PageIds


class Ids(PageIds, page="frame"):
    """The shell's own parts."""

    url: str
    page: str


def shell(services: Services) -> html.Div:
    """Return the shell for the person who asks."""
    return html.Div([dcc.Location(id=Ids.url), problem_store(), html.Main(id=Ids.page)])


def open_page(services: Services, path: str, search: str) -> html.Div:
    """Return the page of the address. Raises NotFound, Forbidden."""
    visit = services.visit(path)
    return html.Div(f"{visit.page.key} {visit.arg or ''} {parse_qs(search.lstrip('?'))}")


def register(wire: Wire) -> None:
    """Wire the shell."""
    wire(open_page, Output(Ids.page, "children"), Input(Ids.url, "pathname"), Input(Ids.url, "search"), at_start=True)
