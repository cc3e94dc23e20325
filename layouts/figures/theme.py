"""Palette, fonts and the frame of every plotly figure; text and rules take the page's theme from CSS."""

import plotly.graph_objects as go

PATTERNS = {
    "breakdown": "/",
    "setup": "|",
    "starved": "-",
    "blocked": "x",
    "minor_stops": ".",
    "reduced_speed": "\\",
    "startup_rejects": "+",
    "production_rejects": "+",
    "unknown": "/",
}
SEPARATORS = {"yes": ",.", "no": ".,"}


def framed(figure: go.Figure, separators: str, height: int) -> go.Figure:
    """Return the figure in the house's frame: no background, quiet axes, one font; height in pixels."""
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Inter, system-ui, sans-serif", "size": 13},
        margin={"l": 44, "r": 12, "t": 12, "b": 44},
        height=height,
        showlegend=False,
        separators=separators,
        hoverlabel={"font": {"family": "Inter, system-ui, sans-serif"}},
        dragmode=False,
    )
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, automargin=True)
    figure.update_yaxes(gridcolor="rgba(128,140,148,.25)", zeroline=False, fixedrange=True)
    return figure
