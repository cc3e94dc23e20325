"""The operator's line screen: what the line is doing, is it enough, what stopped it, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.schedule import NextOrder
from app.domain.plant.equipment import WorkCenter
from app.domain.plant.products import Product
from app.domain.plant.reasons import Reason
from app.text.numbers import MINUS, Numbers
from app.text.translate import t
from layouts.components import line_parts as parts
from layouts.components.dialog import dialog, foot
from layouts.components.live import choices, field, live, marks, rows, slot
from layouts.components.next_order import next_place
from layouts.components.pagebox import PageHead, page_box
from layouts.components.states import awaiting
from layouts.components.suggestion_card import suggestion_place
from layouts.ids import PageIds

CALLS = ("maintenance", "material", "quality", "leader")


class Ids(PageIds, page="line"):
    """The line page's own parts. asks: what a person wants the server to do."""

    asks: str


@dataclass(frozen=True, slots=True)
class LineWords:
    """What the page needs beside the board: the line, its products and reasons, what this person may do.

    news: what the shift before left in writing.
    next_order: what the accepted schedule has for the line.
    """

    line: WorkCenter
    products: Sequence[Product]
    reasons: Sequence[Reason]
    may_act: bool
    may_answer: bool
    news: html.Div | None = None
    next_order: NextOrder | None = None


def layout(head: PageHead, known: LineWords, lang: str) -> html.Div:
    """Return the page; `head.board` is the first picture."""
    acts = [_actions(lang), *_dialogs(known, lang)] if known.may_act else []
    coming = next_place(known.next_order, Numbers(lang, known.line.zone))
    now = html.Section(
        [parts.now_state(), html.Div([parts.order_progress(lang), *coming], className="now__orders"), *acts[:1]],
        className="card now is-live",
        **marks(bind="data-bucket=state.bucket"),
    )
    return page_box(
        head,
        "line",
        [
            dcc.Store(id=Ids.asks),
            known.news,
            awaiting(lang),
            parts.standing(),
            now,
            parts.output_card(lang),
            parts.hours_card(lang),
            parts.oee_card(lang),
            parts.timeline_card(lang),
            _calls(lang, may_answer=known.may_answer, may_act=known.may_act),
            _stops(lang, may_act=known.may_act),
            *(suggestion_place() if known.may_act else []),
            parts.machine_strip(lang),
            parts.losses_card(lang),
            *acts[1:],
        ],
    )


def _actions(lang: str) -> html.Div:
    def opens(name: str, cls: str = "") -> html.Button:
        return html.Button(t(f"line.{name}", lang), type="button", className=f"button {cls}", **marks(open=name))

    return html.Div([opens("help", "help"), opens("changeover"), opens("scrap")], className="actions")


def _calls(lang: str, *, may_answer: bool, may_act: bool) -> html.Section:
    def says(what: str) -> html.Button:
        bound = marks(ask=what, bind="data-value-call=call")
        return html.Button(t(f"line.{what}", lang), type="button", className="button", **bound)

    accept = html.Span([says("accept_call")], **marks(hide="accepted_by"))
    model = html.Div(
        [
            html.Span([live("call", "word:call", "stop__when"), live("since", "ago", "quiet")], className="stop__what"),
            html.Span([t("line.called_by", lang), " ", live("by")], className="quiet"),
            html.Span([t("line.accepted_by", lang), " ", live("accepted_by")], **marks(show="accepted_by")),
            html.Span([accept] if may_answer else []),
            html.Span([says("clear_call")] if may_act else []),
        ],
        className="stop",
    )
    return html.Section(
        [html.H2(t("line.calls", lang), className="card__title"), rows("calls", "call", model, cls="stops__list")],
        className="card calls is-live",
        **marks(show="calls"),
    )


def _stops(lang: str, *, may_act: bool) -> html.Section:
    likely = html.Button(
        [live("name")],
        type="button",
        className="button",
        **marks(ask="classify", bind="data-value-reason=id; data-value-stop=^id"),
    )
    more = html.Button(
        t("line.more", lang), type="button", className="button", **marks(bind="data-stop=id; data-label=machine_name")
    )
    buttons = [rows("likely", "id", likely, cls="stop__likely"), more] if may_act else []
    model = html.Div(
        [
            html.Div(
                [
                    html.Span([live("start", "clock"), " · ", live("ms", "minutes")], className="stop__when"),
                    html.Span([live("machine_name"), " · ", live("bucket", "word:bucket")], className="quiet cut"),
                ],
                className="stop__what",
            ),
            *buttons,
        ],
        className="stop",
    )
    return html.Section(
        [
            html.H2(
                [live("stops", "plural:stops"), live("unclassified_ms", "minutes")],
                className="card__title",
                **marks(show="stops"),
            ),
            rows("stops", "id", model, cls="stops__list", limit=4),
            html.P(t("line.no_stops", lang), className="calm", **marks(hide="stops")),
        ],
        className="card stops is-live",
    )


def _dialogs(known: LineWords, lang: str) -> list[Component]:
    return [
        _reason_dialog(known.reasons, lang),
        _help_dialog(lang),
        _order_dialog(known, lang),
        _scrap_dialog(known, lang),
    ]


def _reason_dialog(reasons: Sequence[Reason], lang: str) -> html.Dialog:
    names = {r.id: r.name for r in reasons}
    groups: dict[str, list[Reason]] = {}
    for reason in reasons:
        if reason.is_leaf:
            groups.setdefault(" \u203a ".join(names.get(p, p) for p in reason.path[:-1]), []).append(reason)
    tree = [
        html.Div(
            [html.P(group, className="group-title"), html.Div([_reason(r, group) for r in found], className="tiles")],
            **marks(group=""),
        )
        for group, found in groups.items()
    ]
    search = slot("find", "search", placeholder=t("line.find_reason", lang), aria=t("line.find_reason", lang))
    nothing = html.P(t("line.no_reason_found", lang), className="quiet", hidden=True, **marks(nothing=""))
    which = html.P(className="quiet", **marks(context="stop"))
    return dialog("reason", t("line.why_stopped", lang), [which, search, *tree, nothing], lang)


def _reason(reason: Reason, group: str) -> html.Button:
    find = f"{reason.name} {reason.id} {group}".lower()
    return html.Button(
        reason.name, type="button", className="tile", **marks(ask="classify", value_reason=reason.id, find=find)
    )


def _help_dialog(lang: str) -> html.Dialog:
    tiles = [
        html.Button(
            t(f"call.{c}", lang), type="button", className="tile tile--big", **marks(ask="call_help", value_call=c)
        )
        for c in CALLS
    ]
    return dialog("help", t("line.who_is_needed", lang), [html.Div(tiles, className="tiles")], lang)


def _order_dialog(known: LineWords, lang: str) -> html.Dialog:
    end = html.Button(
        t("line.end_order", lang),
        type="submit",
        className="button",
        formNoValidate=True,
        **marks(send="end_order", show="order", bind="data-value-running=order.order"),
    )
    running = html.P(
        [t("line.running_order", lang), " ", live("order.order"), " · ", live("order.product_name")],
        className="quiet",
        **marks(show="order"),
    )
    planned = html.P(t("schedule.next", lang), className="quiet", hidden=True, **marks(filled=""))
    fields = html.Div(_order_fields(known, lang), className="two")
    rows = [running, planned, fields, foot(t("line.start_order", lang), lang, end)]
    return dialog("changeover", t("line.changeover", lang), rows, lang, send="start_order")


def _order_fields(known: LineWords, lang: str) -> list[Component]:
    """Return what an order start says; the next planned order fills it when it opens."""
    names = {p.id: p.name for p in known.products}
    return [
        field(t("line.order_number", lang), slot("order", required="", maxlength="64", autocomplete="off")),
        field(t("line.product", lang), choices("product", names)),
        field(t("line.quantity", lang), slot("quantity", "number", min="1", inputmode="numeric")),
    ]


def _scrap_dialog(known: LineWords, lang: str) -> html.Dialog:
    machines = {m.path: m.name for m in known.line.machines}
    reasons = {r.id: r.name for r in known.reasons if r.is_leaf}
    ago = {str(m): t("line.minutes_ago", lang, minutes=m) for m in (15, 30, 60, 120)}
    counted = {"good": t("line.as_good", lang), "": t("line.not_yet", lang)}
    fields: list[Component] = [
        field(t("line.machine", lang), choices("machine", machines, first=t("line.counting_machine", lang))),
        field(t("line.reason", lang), choices("reason", reasons, first=t("line.no_reason", lang))),
        field(t("line.made", lang), choices("ago", ago, first=t("line.just_now", lang))),
        field(t("line.counted", lang), choices("counted", counted)),
    ]
    return dialog(
        "scrap",
        t("line.scrap", lang),
        [_stepper(lang), html.Div(fields, className="two"), foot(t("line.report_scrap", lang), lang)],
        lang,
        send="scrap",
    )


def _stepper(lang: str) -> html.Div:
    def step(by: int) -> html.Button:
        words = f"{by:+d}".replace("-", MINUS)
        return html.Button(words, type="button", className="button", **marks(step=by, **{"for": "units"}))

    limits = {"min": "1", "max": "1000000", "value": "1", "required": "", "inputmode": "numeric"}
    units = slot("units", "number", aria=t("line.units", lang), **limits)
    return html.Div([step(-10), step(-1), units, step(1), step(10)], className="stepper")
