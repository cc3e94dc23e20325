"""Marks for the painter (assets/js/10-paint.js): what of a board is written where. React owns none of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

Children = Component | str | Sequence[Component | str] | None


def marks(**values: object) -> dict[str, Any]:
    """Return data attributes: `marks(value_reason="jam")` is `data-value-reason="jam"`; None is left out.

    >>> marks(live="kpis.oee", format=None)
    {'data-live': 'kpis.oee'}
    """
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items() if value is not None}


def aria(**values: str) -> dict[str, Any]:
    """Return ARIA attributes: `aria(label="Close")` is `aria-label="Close"`."""
    return {f"aria-{name}": value for name, value in values.items()}


def live(path: str, how: str = "text", cls: str | None = None, **more: object) -> html.Span:
    """Return a text that shows `path` of the board, written as `how` (assets/js/00-format.js)."""
    return html.Span(className=cls, **marks(live=path, format=how, **more))


def shape(bucket: str | None = None) -> html.Span:
    """Return the mark of a state; its colour and shape come from the nearest `data-bucket`."""
    return html.Span(className="shape", **marks(bucket=bucket), **aria(hidden="true"))


def rows(path: str, key: str, model: Component, *, cls: str, before: Children = None, **more: object) -> html.Div:
    """Return a place where `model` is repeated for each item of the board's list `path`, kept by the item's `key`."""
    children = [*_as_list(before), html.Template([model])]
    return html.Div(children, className=cls, **marks(list=path, key=key, **more))


def drawing(kind: str, path: str, cls: str, **more: object) -> html.Div:
    """Return a place for a drawing of `path` (assets/js/12-draw.js)."""
    return html.Div(className=cls, **marks(draw=kind, path=path, **more))


def slot(name: str, kind: str = "text", **attributes: str) -> html.Span:
    """Return a form field; Dash has no plain input, so assets/js/20-frame.js makes it from this description."""
    return html.Span(className="slot", **marks(input=json.dumps({"name": name, "type": kind, **attributes})))


def field(label: str, control: Component) -> html.Label:
    """Return a labelled control."""
    return html.Label([html.Span(label), control], className="field")


def choices(name: str, options: Mapping[str, str], *, first: str | None = None) -> html.Select:
    """Return a list to pick from: value -> words; first: words of the empty choice."""
    found = [] if first is None else [html.Option(first, value="")]
    found += [html.Option(words, value=value) for value, words in options.items()]
    return html.Select(found, name=name, className="input")


def picker(name: str, options: Mapping[str, str], chosen: str | None, *, first: str | None = None) -> html.Select:
    """Return a list whose choice goes into the address; chosen: what it says now, kept even when not offered."""
    offered = dict(options) if chosen is None or chosen in options else {chosen: chosen, **options}
    select = choices(name, offered, first=first)
    return html.Select(select.children, name=name, className="input", **marks(filter="", chosen=chosen or ""))


def day(name: str, chosen: str | None) -> html.Span:
    """Return a date that goes into the address."""
    return slot(name, "date", value=chosen or "", **{"data-filter": ""})


def icon_button(label: str, *, cls: str = "close", **more: object) -> html.Button:
    """Return the button that closes what it stands in."""
    return html.Button("\u00d7", className=cls, type="button", **marks(**more), **aria(label=label))


def _as_list(children: Children) -> list[Component | str]:
    if children is None:
        return []
    return list(children) if isinstance(children, list | tuple) else [children]  # type: ignore[list-item]
