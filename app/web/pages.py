"""The Dash application: its shell, its pages, and which callback belongs to which page."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask
from flask_login import current_user

import callbacks
from app.services import Services
from app.web.config import WebConfig
from callbacks.wire import Timing, Wire, WireBook

FRAME = "callbacks.frame"
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def make_dash(server: Flask, config: WebConfig) -> Dash:
    """Return the Dash application on `server`, without anything from outside and without its developer's tools."""
    return Dash(
        "lineside",
        server=server,  # type: ignore[arg-type]
        assets_folder=str(config.assets),
        serve_locally=True,
        suppress_callback_exceptions=True,
        title="Lineside",
        update_title="",
        index_string=_INDEX,
        add_log_handler=False,
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """The Dash application and which page each of its callbacks belongs to."""

    dash: Dash
    book: WireBook


def wire_pages(pages: Pages, services: Services, timing: Timing) -> None:
    """Wire every module of callbacks/ that has `register(wire)`; its file name is its page, `frame` is everybody's.

    callbacks/frame.py also has `shell(services)`: the layout every page lives in.
    """
    wire = Wire(pages.dash, services, pages.book, timing)
    for name in sorted(m.name for m in pkgutil.walk_packages(callbacks.__path__, "callbacks.") if not m.ispkg):
        module = importlib.import_module(name)
        if hasattr(module, "register"):
            module.register(wire.for_page(_page_of(name)))
    pages.dash.layout = partial(_layout, importlib.import_module(FRAME).shell, services)


def _layout(shell: Callable[[Services], Component], services: Services) -> Component:
    """Return the shell; Dash also asks for it at its first request, whoever that is from: they get nothing."""
    return shell(services) if current_user.is_authenticated else html.Div()


def _page_of(name: str) -> str:
    parts = name.split(".")
    return parts[-1] if len(parts) > 2 else "frame"
