"""The area board: a row per line, what loses most on top; every line opens."""

from dash import html

from app.text.translate import t
from layouts.components.hint import hint
from layouts.components.live import Children, drawing, live, marks, rows, shape
from layouts.components.pagebox import PageHead, page_box
from layouts.components.state_badge import state_badge
from layouts.components.states import blank

_COLUMNS = ("line", "state", "order", "oee", "main_loss", "lost", "unclassified", "trend", "calls")


def layout(head: PageHead, lang: str) -> html.Div:
    """Return the page; `head.board` is the first picture."""
    names = html.Div([html.Span(t(f"area.{name}", lang)) for name in _COLUMNS], className="rows__head")
    return page_box(
        head,
        "area",
        [
            html.Section(_sums(lang), className="card sums is-live", **marks(show="lines")),
            rows("lines", "line", _row(lang), cls="rows is-live", before=names, show="lines"),
            html.Div(blank("no_data", lang), **marks(hide="lines")),
        ],
    )


def _sums(lang: str) -> list[html.Button | html.Div]:
    oee = html.Button(
        [
            html.Span("OEE", className="sum__label"),
            html.Span([live("kpis.oee", "percent"), html.Span("%", className="unit")], className="sum__value"),
        ],
        type="button",
        className="open sum",
        style={"width": "auto"},
        **marks(explain="oee"),
        title=t("explain.open", lang, kpi="OEE"),
    )
    factors = [
        _sum([t(f"kpi.{k}", lang), hint(k, lang)], f"kpis.{k}", "percent", "%")
        for k in ("availability", "performance", "quality")
    ]
    return [
        html.Div([oee, hint("oee", lang)], className="sum--hinted"),
        *factors,
        _sum([t("kpi.trust", lang), hint("trust", lang)], "trust", "percent0", "%"),
        _sum(t("area.lost", lang), "lost_ms", "minutes"),
        _sum([t("area.unclassified", lang), hint("unclassified", lang)], "unclassified_ms", "minutes"),
        _sum(t("area.calls", lang), "calls", "int"),
    ]


def _sum(label: Children, path: str, how: str, unit: str = "") -> html.Div:
    shown = [live(path, how), html.Span(unit, className="unit")]
    return html.Div(
        [html.Span(label, className="sum__label"), html.Span(shown, className="sum__value")], className="sum"
    )


def _row(lang: str) -> html.Article:
    cells = [
        html.Div(
            [
                html.A([live("name", "text", "cut")], className="row__name", **marks(go="", bind="href=line|line_url")),
                html.Small(
                    [
                        live("standing", "word:standing_short"),
                        html.Span([" ", live("counts_since", "clock")], **marks(show="counts_since")),
                    ],
                    **marks(show="standing"),
                ),
            ]
        ),
        _state(),
        html.Div([_order(lang), html.Span(t("line.no_order", lang), className="quiet", **marks(hide="order"))]),
        _oee(lang),
        html.Div([_main_loss()]),
        _figure("lost", "lost_ms", lang),
        _figure("unclassified", "unclassified_ms", lang),
        drawing("sparkline", "trend", "spark"),
        html.Span([live("calls", "size", "count")], title=t("area.calls", lang), **marks(show="calls")),
    ]
    return html.Article(cells, className="row", **marks(bind="data-bucket=state.bucket; data-late=at|late"))


def _figure(name: str, path: str, lang: str) -> html.Div:
    """Return a figure with its name, which shows where the board has no room for a head."""
    return html.Div(
        [html.Small(t(f"area.{name}", lang), className="row__label"), live(path, "minutes")], className="num"
    )


def _state() -> html.Div:
    reason = html.Span([" · ", live("state.reason_name")], **marks(show="state.reason_name"))
    return html.Div([state_badge(), html.Small([live("state.since", "since"), reason])])


def _order(lang: str) -> html.Div:
    return html.Div(
        [
            html.Div([live("order.product_name"), " · ", live("order.order")], className="cut"),
            html.Div(className="progress", **marks(bind="--p=order_progress|fraction")),
            html.Small([t("line.done_by", lang), " ", live("order.eta", "clock")], **marks(show="order.eta")),
        ],
        **marks(show="order"),
    )


def _oee(lang: str) -> html.Button:
    low, high = live("kpis.oee_low", "percent"), live("kpis.oee_high", "percent")
    return html.Button(
        [
            live("kpis.oee", "percent"),
            html.Small([low, "\u2013", high, " %"], **marks(show="kpis.oee_low")),
            html.Small([live("kpis.why_null", "word:why")], **marks(show="kpis.why_null")),
            html.Small([t("kpi.trust", lang), " ", live("trust", "percent0"), " %"], **marks(show="trust")),
        ],
        type="button",
        className="open row__oee num",
        **marks(explain="oee", bind="data-of=line"),
    )


def _main_loss() -> html.Div:
    what = html.Span(
        [shape(), live("main_loss.key", "word:loss", "cut")],
        className="state",
        **marks(bind="data-bucket=main_loss.key"),
    )
    reason = html.Span([" · ", live("main_loss.reason", "reason")], **marks(show="main_loss.reason"))
    return html.Div([what, html.Small([live("main_loss.ms", "minutes"), reason])], **marks(show="main_loss"))
