"""The wall: one line at a time, readable from three metres, turning through a list; no mouse, no keyboard."""

from collections.abc import Sequence

from dash import html

from layouts.components import line_parts as parts
from layouts.components.live import live, marks
from layouts.components.pagebox import PageHead, page_box
from layouts.components.states import awaiting


def layout(head: PageHead, lines: Sequence[str], lang: str) -> html.Div:
    """Return the wall; lines: topics to turn through, `head.topic` first."""
    name = html.Div([live("name", "text", "now__word")])
    now = html.Section(
        [name, parts.now_state(), parts.order_progress(lang)],
        className="card now is-live",
        **marks(bind="data-bucket=state.bucket"),
    )
    return page_box(
        head,
        "wall",
        [
            awaiting(lang),
            parts.standing(),
            now,
            parts.output_card(lang),
            parts.oee_card(lang),
            parts.losses_card(lang),
            parts.timeline_card(lang),
            parts.machine_strip(lang),
        ],
        rotate=list(lines),
    )
