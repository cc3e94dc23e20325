"""The wall: one line, or all lines of an area in turn."""

from dataclasses import replace

from dash import html

from app.services import NotFound, Services
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.wall.kiosk import layout


def page(services: Services, name: str) -> html.Div:
    """Return the wall of a line (path or unique tail) or of an area or site. Raises NotFound, Forbidden."""
    lines = _lines(services, name)
    board = services.line(lines[0])
    title = services.place(lines[0]).name
    return layout(replace(head(services, title, board, lines[0]), is_wall=True), lines, language())


def _lines(services: Services, name: str) -> list[str]:
    try:
        group = services.group(name).path
    except NotFound:
        return [services.place(name).path]
    return [line.path for line in services.my_lines() if line.path.startswith(group + "/")]


def register(wire: Wire) -> None:
    """A wall asks nothing."""
