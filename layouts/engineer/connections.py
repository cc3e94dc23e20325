"""Connections: each source with how it is heard; refused events with why, to be mended and replayed."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.connections import ConnectionsBoard, RefusedGroup, SourceRow
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import field, marks, slot
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 5_000
OFF_CLOCK_MS = 2_000
FIGURES = ("events", "waiting", "dropped", "unmapped")


class Ids(PageIds, page="connections"):
    """The page's own parts. result: what depends on the moment; asks: what people do; look: the beat."""

    result: str
    asks: str
    look: str


def layout(head: PageHead, board: ConnectionsBoard, lang: str, *, may_care: bool, may_mend: bool) -> html.Div:
    """Return the page. may_care: whether they may replay; may_mend: whether they may write an event anew."""
    parts: list[Component | None] = [
        html.H1(t("page.connections", lang), className="sheet__title"),
        html.Div(result(board, lang, may_care=may_care, may_mend=may_mend), id=Ids.result, className="stack"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "connections", parts)


def result(board: ConnectionsBoard, lang: str, *, may_care: bool, may_mend: bool) -> list[Component]:
    """Return the tabs with their counts and what the chosen one holds."""
    numbers = Numbers(lang, board.zone)
    if board.tab == "sources":
        return [_tabs(board, lang), _sources(board, numbers)]
    return [_tabs(board, lang), _refused(board, numbers, may_care=may_care, may_mend=may_mend)]


def _tabs(board: ConnectionsBoard, lang: str) -> html.Nav:
    bad = sum(row.how != "fine" for row in board.sources)
    tabs = (
        ("sources", t("connections.tab.sources", lang, n=len(board.sources), bad=bad)),
        ("refused", t("connections.tab.refused", lang, n=board.refused)),
    )
    links = [
        html.A(
            words,
            href=f"/connections?tab={tab}",
            className="tabs__tab",
            **marks(go="", current="page" if tab == board.tab else None),
        )
        for tab, words in tabs
    ]
    return html.Nav(links, className="tabs")


def _sources(board: ConnectionsBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    if not board.sources:
        return _nothing("connections.no_sources", lang)
    keys = ("source", "how", "machines", "clock", *FIGURES)
    right = ("clock", *FIGURES)
    heads = [html.Th(t(f"connections.{key}", lang), className="num" if key in right else "") for key in keys]
    body = [_source(row, board.at, numbers) for row in board.sources]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--sources")
    foot = html.P(t("connections.clock.what", lang), className="quiet")
    return html.Section([html.Div(table, className="scroll"), foot], className="card table-card")


def _source(row: SourceRow, now: int, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    heard = NONE if row.at is None else t("catalogue.ago", lang, age=numbers.duration(max(0, now - row.at)))
    how = [html.Span(t(f"connections.how.{row.how}", lang), className="tag", **marks(how=_how(row)))]
    why = row.problem or (t("connections.start_it", lang) if row.how == "absent" else heard)
    name = [html.B(row.id), html.Small(" \u00b7 ".join(part for part in (row.gateway, row.url, row.owner) if part))]
    figures = [_figure(row, key, numbers) for key in FIGURES]
    machines = ", ".join(row.machines)
    return html.Tr(
        [
            html.Td(name, className="wraps"),
            html.Td([*how, html.Small(why)], className="wraps"),
            html.Td(machines, className="wraps"),
            _clock(row, numbers),
            *figures,
        ]
    )


def _how(row: SourceRow) -> str:
    """Return the catalogue's word for it, which has its colour and shape."""
    return {"fine": "fine", "away": "broken", "absent": "silent"}[row.how]


def _clock(row: SourceRow, numbers: Numbers) -> html.Td:
    offset = row.figures.get("clock_offset_ms")
    if offset is None or row.at is None:
        return html.Td(NONE, className="num")
    is_off = abs(offset) > OFF_CLOCK_MS
    words = f"{'+' if offset > 0 else ''}{numbers.decimal(offset / 1000)} s"
    return html.Td(words, className="num", **marks(overdue="yes" if is_off else None))


def _figure(row: SourceRow, key: str, numbers: Numbers) -> html.Td:
    value = row.figures.get(key)
    bad = "yes" if key == "dropped" and value else None
    return html.Td(numbers.whole(value), className="num", **marks(overdue=bad))


def _refused(board: ConnectionsBoard, numbers: Numbers, *, may_care: bool, may_mend: bool) -> html.Section:
    lang = numbers.lang
    if not may_care:
        return _nothing("connections.not_yours", lang)
    if not board.groups:
        return _nothing("connections.none_refused", lang)
    heads = [html.Th(t(f"connections.{key}", lang)) for key in ("why", "line", "newest", "event", "do")]
    body = [_group(group, numbers, may_mend=may_mend) for group in board.groups]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--refused")
    foot = html.P(t("connections.refused.what", lang), className="quiet")
    return html.Section([html.Div(table, className="scroll"), foot], className="card table-card")


def _group(group: RefusedGroup, numbers: Numbers, *, may_mend: bool) -> html.Tr:
    lang = numbers.lang
    count = t("connections.events_n", lang, n=numbers.whole(group.count))
    of = {"value_line": group.line, "value_reason": group.key}
    again = html.Button(t("connections.replay", lang), type="button", className="button", **marks(ask="replay", **of))
    do: list[Component] = [again] if group.line_name else []
    if may_mend:
        do.append(_mending(group, lang))
    return html.Tr(
        [
            html.Td([html.B(group.reason), html.Small(count)], className="wraps"),
            html.Td(group.line_name or t("connections.no_line", lang)),
            html.Td(numbers.moment(group.newest)),
            html.Td(html.Code(group.raw), className="wraps"),
            html.Td(html.Div(do, className="issue__do")),
        ],
        **marks(refused=f"{group.line}|{group.id}"),
    )


def _mending(group: RefusedGroup, lang: str) -> html.Details:
    of = {"value_line": group.line, "value_entry": group.id}
    form = html.Form(
        [
            field(t("connections.event", lang), slot("text", value=group.raw, maxlength="65536", autocomplete="off")),
            html.Button(t("connections.mend", lang), type="submit", className="button button--main", **marks(**of)),
        ],
        className="issue__form",
        **marks(send="mend"),
    )
    summary = html.Summary(t("connections.mend", lang), className="button")
    return html.Details([summary, form], className="issue__close")


def _nothing(key: str, lang: str) -> html.Section:
    return html.Section(html.P(t(key, lang), className="quiet"), className="card table-card")
