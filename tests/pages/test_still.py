"""Large parts that nothing is wired to arrive described, saying the same; what is wired, typed or painted stays."""

import json
from pathlib import Path

import pytest
from dash import dcc, html
from plotly import graph_objects as go

import layouts
from layouts.components.drawn import drawn
from layouts.components.live import live
from layouts.components.still import ENOUGH, MARK, described, still


def rows(n: int = ENOUGH, **more) -> html.Table:
    body = [html.Tr([html.Td(str(at), className="num")]) for at in range(n)]
    return html.Table(html.Tbody(body), **more)


def test_a_large_table_keeps_its_element_and_its_inside_is_html() -> None:
    page = html.Div([html.H1("Stops"), rows(className="list")], id="page")
    table = still(page).children[1]
    assert (table.className, table.children) == ("list", None)
    ((tag, attributes, first, *_),) = json.loads(getattr(table, MARK))
    assert (tag, attributes, first) == ("tbody", {}, ["tr", {}, ["td", {"class": "num"}, "0"]])
    assert page.children[1].children is not None
    assert still(page).children[0].children == "Stops"


def test_what_a_wire_may_fill_keeps_its_children() -> None:
    """Its id says that `children` may come anew; what is inside has none."""
    result = still(html.Div([rows()], id="page-result"))
    assert not hasattr(result, MARK)
    assert hasattr(result.children[0], MARK)


def test_a_small_part_stays_as_it_is() -> None:
    assert not hasattr(still(rows(5)), MARK)


@pytest.mark.parametrize(
    "inside",
    [
        html.Td("x", id="wired"),
        dcc.Link("x", href="/"),
        html.Form([]),
        html.Dialog([]),
        live("kpis.oee"),
        html.Button("x", n_clicks=0),
    ],
)
def test_what_is_wired_typed_into_or_painted_is_not_still(inside) -> None:
    table = still(html.Table([rows(), html.Tr([inside])]))
    assert not hasattr(table, MARK)
    assert hasattr(table.children[0], MARK)


def test_attributes_are_named_as_a_browser_names_them() -> None:
    part = html.Details(
        [html.Summary("a < b"), html.Br(), html.Td(1.5, colSpan=2, style={"maxWidth": "3px", "--p": 0.5})],
        hidden=False, open=True, **{"data-n": 3, "aria-busy": False},
    )  # fmt: skip
    assert described(part) == [
        ["details", {"open": "", "aria-busy": "false", "data-n": "3"},
            ["summary", {}, "a < b"], ["br", {}],
            ["td", {"colspan": "2", "style": {"max-width": "3px", "--p": "0.5"}}, "1.5"]]
    ]  # fmt: skip


def test_what_is_no_component_goes_through() -> None:
    assert still({"data": 1}) == {"data": 1}
    assert still(["a", None]) == ["a", None]


def test_every_figure_keeps_its_place_while_it_is_not_drawn_yet() -> None:
    figure = go.Figure(layout={"height": 320})
    assert drawn(figure).style == {"height": "320px"}
    makers = [path.name for path in sorted(Path(layouts.__file__).parent.rglob("*.py")) if "Graph(" in path.read_text()]
    assert makers == ["drawn.py"]
