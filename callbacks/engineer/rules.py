"""Rules and playbooks: the address says which rule over how many days, the desk answers."""

from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.rules import SPANS, RulesBoard, RulesQuestion
from app.services import NotFound, Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.engineer.rules import Ids, layout, result
from layouts.frame import Ids as FrameIds


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang = language()
    return layout(head(services, t("page.rules", lang)), _board(services, search), lang)


def show_choice(services: Services, search: str, path: str) -> list[Component]:
    """Return everything again when the choice changes."""
    if path.rstrip("/") != "/rules":
        raise PreventUpdate
    return result(_board(services, search), language())


def _board(services: Services, search: str) -> RulesBoard:
    """Return the board; a rule that is no longer in the file is none chosen."""
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    days = next((days for days in SPANS if str(days) == said.get("days")), RulesQuestion().days)
    try:
        return services.loop.rules.board(services.user(), RulesQuestion(said.get("rule"), days))
    except NotFound:
        return services.loop.rules.board(services.user(), RulesQuestion(None, days))


def register(wire: Wire) -> None:
    """The choice lives in the address."""
    wire(
        show_choice,
        Output(Ids.result, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
