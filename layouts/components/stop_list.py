"""The stops behind a Pareto: pick, give a reason, look closely."""

import json
from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from app.boards.downtime import DowntimeBoard, Track
from app.boards.stops import StopRow
from app.domain.interval import HOUR_MS, Interval
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.address import downtime_address
from layouts.components.live import marks

Link = Callable[[str | None], str]
"""The address of this page with a stop opened closely, or with none."""
COLUMNS = ("start", "duration", "machine", "state", "reason", "said_by", "cost")


def link_of(board: DowntimeBoard) -> Link:
    """Return how this page's address opens a stop."""
    return lambda stop: downtime_address(board.question, stop=stop)


def stops_card(board: DowntimeBoard, numbers: Numbers, lang: str, *, may_edit: bool) -> html.Section:
    """Return the list, dearest first, with what can be done to those picked."""
    described = {"type": "checkbox", "data-pick-all": "1", "aria": t("downtime.pick_all", lang)}
    every = html.Span(className="slot", **marks(input=json.dumps(described, ensure_ascii=False)))
    heads = [html.Th(every if may_edit else ""), *(html.Th(t(f"downtime.col.{c}", lang)) for c in COLUMNS)]
    body = [_row(row, link_of(board), numbers, lang, may_edit=may_edit) for row in board.stops]
    shown = t("downtime.shown", lang, n=len(board.stops), all=board.stop_count)
    bulk = html.Button(
        [t("downtime.edit_picked", lang), " (", html.Span("0", **marks(picked="")), ")"],
        type="button",
        className="button",
        disabled=True,
        **marks(edit="", needs_pick=""),
    )
    title = html.H2(
        [html.Span(t("downtime.stops", lang)), html.Small(shown, className="quiet")], className="card__title"
    )
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--stops")
    empty = html.P(t("downtime.no_stops", lang), className="calm")
    content: list[Component] = [html.Div(table, className="scroll scroll--tall")] if board.stops else [empty]
    return html.Section([title, *content, *([bulk] if may_edit and board.stops else [])], className="card table-card")


def _row(row: StopRow, link: Link, numbers: Numbers, lang: str, *, may_edit: bool) -> html.Tr:
    words = f"{row.machine_name}, {numbers.moment(row.start)}, {numbers.duration(row.ms)}"
    box = marks(input=_box(row, words)) if may_edit else {}
    reason = row.reason_name or (t("downtime.unclassified", lang) if row.bucket.key == "unplanned_stop" else NONE)
    cause = [html.Small(t("downtime.caused_by", lang, machine=row.caused_by))] if row.caused_by else []
    edit = html.Button(
        reason, type="button", className="button button--slim", disabled=not may_edit, **marks(edit=row.id)
    )
    note = [html.Small(row.note, className="cut", title=row.note)] if row.note else []
    return html.Tr(
        [
            html.Td(html.Span(className="slot", **box)),
            html.Td(html.A(numbers.moment(row.start), href=link(row.id), **marks(go=""))),
            html.Td(numbers.duration(row.ms), className="num"),
            html.Td(row.machine_name),
            html.Td([bucket(row.bucket.key, lang), *cause]),
            html.Td(edit),
            html.Td([row.by or NONE, *note]),
            html.Td(NONE if row.cost is None else numbers.decimal(row.cost, 0), className="num"),
        ]
    )


def _box(row: StopRow, words: str) -> str:
    described = {
        "type": "checkbox",
        "data-pick": row.id,
        "data-saw": row.reason or "",
        "data-end": "" if row.end is None else str(row.end),
        "data-state": row.bucket.key,
        "title": words,
        "aria": words,
    }
    return json.dumps(described, ensure_ascii=False)


def bucket(key: str, lang: str) -> html.Span:
    """Return a state: swatch and word."""
    return html.Span([html.Span(className="swatch", **marks(bucket=key)), t(f"bucket.{key}", lang)], className="why")


def tracks_card(
    title: str, shown: tuple[tuple[Track, ...], Interval], link: Link, numbers: Numbers, lang: str
) -> html.Section:
    """Return machines under one another on one time axis; a stop opens closely. shown: timelines and what they span."""
    found, span = shown
    lines = [_track(track, span, link, numbers, lang) for track in found]
    axis = html.Div([_tick(at, span, numbers) for at in _ticks(span)], className="axis")
    head = f"{numbers.moment(span.start)} \u2013 {numbers.moment(span.end)}"
    return html.Section(
        [
            html.H2([html.Span(title), html.Small(head, className="quiet")], className="card__title"),
            html.Div([*lines, axis], className="tracks"),
        ],
        className="card table-card",
    )


def _track(track: Track, span: Interval, link: Link, numbers: Numbers, lang: str) -> html.Div:
    bands: list[Component] = []
    for band in track.bands:
        left = (band.start - span.start) / span.length * 100
        width = (band.end - band.start) / span.length * 100
        words = (
            f"{t(f'bucket.{band.bucket.key}', lang)} {band.reason_name or ''} {numbers.duration(band.end - band.start)}"
        )
        place = {"left": f"{left:.3f}%", "width": f"{width:.3f}%"}
        described = marks(bucket=band.bucket.key)
        if band.id is None:
            bands.append(html.Span(className="band", style=place, title=words, **described))
        else:
            goes = {**described, **marks(go="")}
            bands.append(html.A(className="band", style=place, title=words, href=link(band.id), **goes))
    return html.Div([html.Span(track.name, className="track__name cut"), html.Div(bands, className="lane")])


def _ticks(span: Interval) -> list[int]:
    step = next((s for s in (60_000, 300_000, 900_000, HOUR_MS, 3 * HOUR_MS) if span.length / s <= 10), 6 * HOUR_MS)
    return list(range(span.start - span.start % step + step, span.end, step))


def _tick(at: int, span: Interval, numbers: Numbers) -> html.Span:
    place = {"left": f"{(at - span.start) / span.length * 100:.3f}%"}
    return html.Span(numbers.clock(at), className="axis__tick", style=place)
