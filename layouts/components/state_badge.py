"""What something is doing: shape + word + time, the same everywhere."""

from dash import html

from layouts.components.live import aria, live, marks, shape


def state_badge(path: str = "state") -> html.Span:
    """Return the badge of the StateHead at `path`: shape and word."""
    bound = marks(bind=f"data-bucket={path}.bucket")
    return html.Span([shape(), live(f"{path}.bucket", "word:bucket", "cut")], className="state", **bound)


def bucket_mark(bucket: str) -> html.Span:
    """Return the swatch of a bucket or loss for legends."""
    return html.Span(className="swatch", **marks(bucket=bucket), **aria(hidden="true"))
