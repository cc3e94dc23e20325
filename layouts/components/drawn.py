"""A figure on a page: its place is kept from the first paint on, so that nothing moves when it is drawn."""

from dash import dcc
from plotly import graph_objects as go


def drawn(figure: go.Figure) -> dcc.Graph:
    """Return a figure, without plotly's tools, in a place as high as the figure says (px)."""
    return dcc.Graph(figure=figure, config={"displayModeBar": False}, style={"height": f"{figure.layout.height}px"})
