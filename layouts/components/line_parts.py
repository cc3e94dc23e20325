"""Parts of a line's screen, used by the operator's page and by the wall: each paints itself from a LineBoard."""

from dash import html
from dash.development.base_component import Component

from app.text.translate import t
from layouts.components.hint import hint, hinted
from layouts.components.live import Children, drawing, live, marks, rows, shape
from layouts.components.state_badge import bucket_mark

LEGEND = (
    "running",
    "planned_stop",
    "setup",
    "unplanned_stop",
    "starved",
    "blocked",
    "minor_stop",
    "unknown",
    "unscheduled",
)


def standing() -> html.P:
    """Return what must be said of the line's figures before they are read; shown only where something must."""
    since = html.Span([" ", live("counted.since", "clock")], **marks(show="counted.since"))
    return html.P([live("standing", "word:standing"), since], className="tag", role="status", **marks(show="standing"))


def now_state() -> html.Div:
    """Return what the line is doing: shape, word, time in state, reason, who causes it."""
    return html.Div(
        [
            shape(),
            html.Div(
                [
                    html.Div([live("state.bucket", "word:bucket", "now__word")]),
                    html.Div([live("state.since", "since", "now__for")]),
                    html.Div(
                        [
                            html.Span([live("state.reason_name")], **marks(show="state.reason_name")),
                            html.Span(["← ", live("state.caused_by_name")], **marks(show="state.caused_by_name")),
                        ],
                        className="now__why",
                    ),
                ]
            ),
        ],
        className="now__state",
    )


def order_progress(lang: str) -> html.Div:
    """Return the running order: product, progress, predicted end; words when none runs."""
    running = html.Div(
        [
            html.Div(
                [
                    html.Span([t("line.order", lang), " ", live("order.order"), " · "], className="quiet"),
                    live("order.product_name", "text", "now__product"),
                ],
                className="cut",
            ),
            html.Div(className="progress", **marks(bind="--p=order|progress")),
            html.Div(
                [
                    live("order.good", "int"),
                    html.Span([" / ", live("order.quantity", "int")], **marks(show="order.quantity")),
                    html.Span(
                        [" · ", t("line.done_by", lang), " ", live("order.eta", "clock")], **marks(show="order.eta")
                    ),
                    html.Span([" · ", t("line.due", lang), " ", live("order.due", "clock")], **marks(show="order.due")),
                ],
                className="quiet",
            ),
        ],
        **marks(show="order"),
    )
    return html.Div(
        [running, html.P(t("line.no_order", lang), className="quiet", **marks(hide="order"))], className="now__order"
    )


def output_card(lang: str) -> html.Section:
    """Return good units against the target, with delta and the shift's projection."""
    return html.Section(
        [
            html.H2(t("line.good", lang), className="card__title"),
            html.Button(
                [html.Span([live("output.good", "int", "big"), live("output.unit", "text", "unit")])],
                type="button",
                className="open",
                **marks(explain="good"),
                title=t("explain.open", lang, kpi=t("kpi.good", lang)),
            ),
            _pair(t("line.target_now", lang), live("output.target", "int")),
            _pair(
                t("line.delta", lang),
                live("output.delta", "delta", "delta", bind="data-sign=output.delta|sign"),
            ),
            _pair(t("line.target_end", lang), live("output.target_end", "int")),
            _pair(t("line.projection", lang), live("output.projection", "int")),
            html.Div(
                [
                    html.Span(t("line.between", lang)),
                    html.B([live("output.projection_low", "int"), " \u2013 ", live("output.projection_high", "int")]),
                ],
                className="pair num",
                **marks(show="output.projection_low"),
            ),
            _pair(t("line.reject", lang), live("output.reject", "int")),
            _pair(t("line.rework", lang), live("output.rework", "int")),
        ],
        className="card kpi is-live",
    )


def oee_card(lang: str) -> html.Section:
    """Return OEE with its bounds, target and factors; each opens its explanation."""
    target = html.Span([t("line.target", lang), " ", live("oee_target", "percent0"), " %"], **marks(show="oee_target"))
    parts = [
        html.H2([html.Span(["OEE", hint("oee", lang)]), target], className="card__title"),
        _oee_figure(lang),
        _oee_bounds(lang),
        html.Div([_factor(name, lang) for name in ("availability", "performance", "quality")], className="factors"),
        html.P(
            [shape("reduced_speed"), t("line.check_standard", lang)],
            className="note",
            **marks(show="kpis.check_standard"),
        ),
        drawing("sparkline", "trend", "spark"),
        html.P(t("line.trend", lang), className="quiet trend-word"),
        _pair([t("kpi.coverage", lang), hint("coverage", lang)], html.Span([live("kpis.coverage", "percent"), " %"])),
        _pair(
            t("kpi.throughput_per_h", lang), html.Span([live("kpis.throughput_per_h", "rate"), t("unit.per_h", lang)])
        ),
        _pair_if("trust", [t("kpi.trust", lang), hint("trust", lang)], "percent0"),
        _pair_if("best_month", t("line.best_month", lang), "percent"),
    ]
    return html.Section(parts, className="card kpi is-live")


def _oee_figure(lang: str) -> html.Button:
    figure = html.Span(
        [live("kpis.oee", "percent", "big"), html.Span("%", className="unit")], **marks(bind="class=kpis.greyed|grey")
    )
    label = t("explain.open", lang, kpi="OEE")
    return html.Button([figure], type="button", className="open", title=label, **marks(explain="oee"))


def _oee_bounds(lang: str) -> html.P:
    low, high = live("kpis.oee_low", "percent"), live("kpis.oee_high", "percent")
    bounds = html.Span([low, "\u2013", high, " % ", t("line.bounds", lang)], **marks(show="kpis.oee_low"))
    return html.P(
        [bounds, html.Span([live("kpis.why_null", "word:why")], **marks(show="kpis.why_null"))], className="quiet"
    )


def _pair_if(path: str, label: Children, how: str) -> html.Div:
    return html.Div([_pair(label, html.Span([live(path, how), " %"]))], **marks(show=path))


def timeline_card(lang: str) -> html.Section:
    """Return the shift's timeline of the constraint; a stop opens its reasons."""
    legend = html.Div([html.Span([bucket_mark(b), t(f"bucket.{b}", lang)]) for b in LEGEND], className="legend")
    title = html.Span([t("line.timeline", lang), " · ", live("machines", "constraint")])
    return html.Section(
        [html.H2([title, legend], className="card__title"), drawing("timeline", "timeline", "track")],
        className="card shift is-live",
    )


def machine_strip(lang: str) -> html.Section:
    """Return all machines in flow order: state, time in it, who starves or blocks it."""
    model = html.Button(
        [
            live("name", "text", "machine__name cut"),
            html.Span(
                [shape(), live("state.bucket", "word:bucket", "cut")],
                className="state",
                **marks(bind="data-bucket=state.bucket"),
            ),
            live("state.since", "since", "quiet"),
            html.Span(
                [
                    html.Span(["← ", live("state.caused_by_name")], **marks(show="state.caused_by_name")),
                    html.Span([live("state.reason_name")], **marks(show="state.reason_name")),
                ],
                className="machine__cause cut",
            ),
            html.Span(t("line.constraint", lang), className="tag", **marks(show="is_constraint")),
            html.Span(t("line.counts_here", lang), className="tag", **marks(show="counts_here")),
            html.Span(t("line.commissioning", lang), className="tag", **marks(show="commissioning")),
            html.Span(
                [t("line.counts_since", lang), " ", live("counts_since", "clock")],
                className="tag",
                **marks(show="counts_since"),
            ),
        ],
        type="button",
        className="machine",
        **marks(bind="data-bucket=state.bucket; data-of=path", explain="oee"),
    )
    return html.Section(
        [html.H2(t("line.machines", lang), className="card__title"), rows("machines", "path", model, cls="machines")],
        className="card strip is-live",
    )


def losses_card(lang: str) -> html.Section:
    """Return where planned time went, as parts of one bar and as a list that adds up to it."""
    model = html.Li(
        [
            html.Span(className="swatch", **marks(bind="data-loss=key")),
            live("key", "word:loss", "cut"),
            live("units", "int", "num quiet"),
            live("ms", "minutes", "num"),
        ],
        **marks(show="ms"),
    )
    return html.Section(
        [
            html.H2(
                [
                    html.Span([t("line.losses", lang), hint("starved", lang), hint("blocked", lang)]),
                    live("lost_ms", "minutes"),
                ],
                className="card__title",
            ),
            drawing("losses", "losses", "parts"),
            html.Ul([html.Template([model])], className="losses__list", **marks(list="losses", key="key")),
        ],
        className="card losses is-live",
    )


def hours_card(lang: str) -> html.Section:
    """Return hour by hour: target, actual, delta, and the largest loss in words."""
    model = html.Tr(
        [
            html.Td([live("label")]),
            html.Td([live("target", "int")], className="num"),
            html.Td([live("actual", "int", "made")], className="num"),
            html.Td([live("delta", "delta", "delta made", bind="data-sign=delta|sign")], className="num"),
            html.Td(
                [
                    html.Span(
                        [
                            shape(),
                            live("why_bucket", "word:bucket", "cut"),
                            html.Span([live("why_reason", "reason")], className="cut", **marks(show="why_reason")),
                            live("why_ms", "minutes", "num"),
                        ],
                        className="why",
                        **marks(show="why_bucket", bind="data-bucket=why_bucket"),
                    )
                ]
            ),
        ],
        **marks(bind="data-now=now; data-ahead=start|ahead"),
    )
    names = (("line.hour", ""), ("line.target", "num"), ("line.actual", "num"), ("line.delta", "num"), ("line.why", ""))
    head = html.Thead(html.Tr([html.Th(t(key, lang), className=cls) for key, cls in names]))
    body = html.Tbody([html.Template([model])], **marks(list="hours", key="start"))
    return html.Section(
        [html.H2(t("line.hours", lang), className="card__title"), html.Table([head, body], className="table hours")],
        className="card hours-card is-live",
    )


def _pair(label: Children, value: Component) -> html.Div:
    return html.Div([html.Span(label, className="quiet"), html.B([value])], className="pair num")


def _factor(name: str, lang: str) -> html.Div:
    factor = html.Button(
        [html.Span(t(f"kpi.{name}", lang), className="cut"), html.B([live(f"kpis.{name}", "percent"), " %"])],
        type="button",
        className="factor",
        **marks(explain=name),
    )
    return hinted(factor, name, lang)
