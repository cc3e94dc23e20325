"""The one listener of the push channel: whenever a page is shown, the browser's code takes it over."""

from dash import Input, Output

from callbacks.wire import Wire
from layouts.components.problem import ProblemIds
from layouts.frame import Ids


def register(wire: Wire) -> None:
    """Wire the browser's own functions (assets/js/20-frame.js, namespace `lineside`)."""
    wire.client("lineside", "attach", Output(Ids.attached, "data"), Input(Ids.page, "children"))
    wire.client("lineside", "answered", Output(Ids.told, "data"), Input(Ids.answer, "data"))
    wire.client("lineside", "problem", Output(Ids.told, "data", allow_duplicate=True), Input(ProblemIds.last, "data"))
    wire.client("lineside", "panel", Output(Ids.shown, "data"), Input(Ids.panel, "children"))
