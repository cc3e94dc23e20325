"""The area board: shown from its lines' last boards, then pushed."""

from dash import html

from app.services import Services
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.supervisor.area import layout


def page(services: Services, path: str) -> html.Div:
    """Return the page of an area or site with its present board."""
    group = services.group(path)
    return layout(head(services, group.name, services.area(group.path), group.path), language())


def register(wire: Wire) -> None:
    """The area board asks nothing: everything on it is pushed."""
