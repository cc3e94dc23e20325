"""The root of every page: what the browser's code has to know about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from dash import html
from dash.development.base_component import Component

from layouts.components.live import marks


@dataclass(frozen=True, slots=True)
class PageHead:
    """key: changes when another page is shown; topic: what is pushed to it; board: the first picture as JSON text.

    now: the server's time, UTC ms. asks: id of the store that carries what people ask. is_wall: a display.
    zone: IANA zone of its clock. reasons: id -> name of every reason of the plant.
    """

    key: str
    title: str
    now: int
    topic: str | None = None
    board: str | None = None
    asks: str | None = None
    is_wall: bool = False
    zone: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


def page_box(
    head: PageHead, cls: str, children: list[Component | None], *, rotate: list[str] | None = None
) -> html.Div:
    """Return the page with its marks; rotate: topics a wall turns through."""
    described = marks(
        page="",
        title=head.title,
        now=head.now,
        zone=head.zone,
        topic=head.topic,
        board=head.board,
        asks=head.asks,
        wall="" if head.is_wall else None,
        empty="" if head.topic and head.board is None else None,
        reasons=json.dumps(dict(head.reasons), ensure_ascii=False) if head.reasons else None,
        rotate=json.dumps(rotate) if rotate else None,
    )
    return html.Div([c for c in children if c is not None], className=f"page {cls}", key=head.key, **described)
