"""The schedule: what is wanted, on which line and when it ends, what will be late and what helps."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.schedule import MACHINE, PlanHead, RiskRow, ScheduleBoard
from app.domain.decisions.demand import Wrong
from app.domain.decisions.late import said_remedy
from app.domain.decisions.remedies import Remedy
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.demand_parts import demand_card, order_table, wrong_rows
from layouts.components.gantt import gantt
from layouts.components.live import field, marks, picker, slot
from layouts.components.pagebox import PageHead, page_box
from layouts.ids import PageIds

LOOK_MS = 2_000


class Ids(PageIds, page="schedule"):
    """The page's own parts. result: the plan; extra: demand in, prices; wrong: rows refused; asks, look, upload."""

    result: str
    wrong: str
    asks: str
    look: str
    upload: str


def layout(head: PageHead, board: ScheduleBoard, lang: str) -> html.Div:
    """Return the page."""
    parts: list[Component | None] = [
        html.Div(result(board, lang), id=Ids.result, className="schedule__result"),
        html.Div(id=Ids.wrong, className="schedule__wrong"),
        demand_card(Ids.upload, board, lang) if board.may_add else None,
        _costs(board, lang) if board.may_plan else None,
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "schedule", parts)


def result(board: ScheduleBoard, lang: str) -> list[Component]:
    """Return the plan with what is at risk and the orders."""
    numbers = Numbers(lang, board.zone)
    found: list[Component] = [_head(board, numbers)]
    if board.proposal is not None:
        found.append(_tabs(board, lang))
    if board.head is not None or any(line.bars for line in board.lines):
        found.append(html.Section(gantt(board, numbers), className="card gantt-card"))
    if board.head is not None:
        found.append(_risks(board, numbers))
    return [*found, order_table(board, numbers)]


def refused(wrong: Sequence[Wrong], lang: str) -> list[Component]:
    """Return what was not taken of an upload."""
    found = wrong_rows(wrong, lang)
    return [] if found is None else [found]


def _head(board: ScheduleBoard, numbers: Numbers) -> html.Section:
    lang, head = numbers.lang, board.head
    title: Component = html.H1(t("page.schedule", lang), className="sheet__title")
    sites = (
        field(t("schedule.site", lang), picker("site", dict(board.sites), board.site)) if len(board.sites) > 1 else None
    )
    words = [html.P(line, className="quiet") for line in _about(board, numbers)]
    working = _working(board.working, lang) if board.working is not None else None
    left = html.Div([title, sites, *words, working], className="schedule__about")
    stats = [] if head is None or head.at is None else _stats(board, head, numbers)
    return html.Section(
        [left, html.Div(stats, className="stats"), _buttons(board, lang)], className="card schedule__head"
    )


def _tabs(board: ScheduleBoard, lang: str) -> html.Nav:
    """Return the way from the proposal to the plan the site works by, and back."""
    is_held = board.head is not None and board.head.id == board.saw
    each = (
        (None, "schedule.tab.proposal", board.proposal, not is_held),
        ("accepted", "schedule.tab.accepted", board.saw, is_held),
    )
    links = [
        html.A(
            t(key, lang, n=number),
            href="/schedule?" + urlencode({"site": board.site, **({"plan": plan} if plan else {})}, safe="/"),
            className="tabs__tab",
            **marks(go="", current="page" if is_chosen else None),
        )
        for plan, key, number, is_chosen in each
    ]
    return html.Nav(links, className="tabs")


def _about(board: ScheduleBoard, numbers: Numbers) -> list[str]:
    lang, head = numbers.lang, board.head
    if head is None:
        return [t("schedule.no_plan", lang) if board.orders else t("schedule.no_orders", lang)]
    if head.accepted_by is not None and head.accepted_at is not None:
        at = numbers.moment(head.accepted_at)
        found = [t("schedule.accepted", lang, n=head.id, by=head.accepted_by, at=at)]
    else:
        said = "schedule.proposal_own" if head.asked_by == MACHINE else "schedule.proposal"
        found = [t(said, lang, n=head.id, by=head.asked_by, at=numbers.moment(head.asked_at))]
    if head.assumed:
        found.append(t("schedule.assumed", lang, n=numbers.whole(head.assumed), of=numbers.whole(head.planned)))
    if head.stale:
        found.append(t("schedule.stale", lang))
    if head.method is not None and head.state == "done":
        found.append(t(head.method, lang))
    if head.at is not None:
        found.append(t("schedule.predicted", lang, at=numbers.clock(head.at)))
    return found


def _working(now: PlanHead, lang: str) -> html.Div:
    words = t("schedule.working", lang, percent=round(now.progress * 100))
    bar = html.Div(className="progress", style={"--p": f"{now.progress:.2f}"})
    return html.Div([html.P(words), bar], className="schedule__working", role="status")


def _stats(board: ScheduleBoard, head: PlanHead, numbers: Numbers) -> list[Component]:
    lang = numbers.lang
    late = len(board.risks)
    shown = (
        ("late_orders", numbers.whole(late), "late" if late else "fine"),
        ("saved", NONE if head.saved is None else numbers.minutes(head.saved * 60_000), None),
        ("gap", numbers.percent(head.gap), None),
        ("seconds", NONE if head.seconds is None else f"{numbers.decimal(head.seconds)}\u202fs", None),
    )
    return [
        html.Div([html.Span(t(f"schedule.stat.{key}", lang)), html.B(value)], className="stat", **marks(how=how))
        for key, value, how in shown
    ]


def _buttons(board: ScheduleBoard, lang: str) -> html.Div:
    head, found = board.head, list[Component]()
    if board.may_plan and board.working is None:
        found.append(_button("replan", t("schedule.replan", lang), "", site=board.site))
    if board.may_plan and head is not None and head.accepted_by is None and head.state == "done" and not head.stale:
        saw = "" if board.saw is None else str(board.saw)
        found.append(_button("accept", t("schedule.accept", lang), "button--main", plan=str(head.id), saw=saw))
    return html.Div(found, className="actions")


def _button(what: str, words: str, cls: str, **values: str) -> html.Button:
    said = {f"value_{name}": value for name, value in values.items()}
    return html.Button(words, type="button", className=f"button {cls}", **marks(ask=what, **said))


def _risks(board: ScheduleBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    title = html.H2(t("schedule.risks", lang, n=len(board.risks)), className="card__title")
    if not board.risks:
        return html.Section([title, html.P(t("schedule.no_risks", lang), className="calm")], className="card risks")
    items = [_risk(risk, board, numbers) for risk in board.risks]
    return html.Section([title, html.Ul(items, className="risks__list")], className="card risks")


def _risk(risk: RiskRow, board: ScheduleBoard, numbers: Numbers) -> html.Li:
    lang = numbers.lang
    late = t("schedule.late_by", lang, late=numbers.span(risk.late_ms))
    about = f"{risk.product} \u00b7 {board.names.get(risk.line, risk.line)} \u00b7 "
    about += t("schedule.due_at", lang, at=numbers.moment(risk.due))
    head = html.Div(
        [
            html.B(risk.order),
            html.Span(late, className="tag", **marks(how="late")),
            html.Span(about, className="quiet"),
        ],
        className="risks__head",
    )
    ways: list[Component] = [_way(way, board, numbers) for way in risk.remedies]
    if not ways:
        ways = [
            html.P(t("schedule.no_remedy" if risk.is_looked_at else "schedule.not_looked", lang), className="quiet")
        ]
    return html.Li([head, html.Div(ways, className="ways")], **marks(risk=risk.order))


def _way(way: Remedy, board: ScheduleBoard, numbers: Numbers) -> html.Div:
    lang, said = numbers.lang, said_remedy(way, board.names.get(way.line, way.line))
    words = html.Span(
        [html.B(t(said.key, lang, **said.fields)), html.Small(_effect(way, numbers))], className="way__words"
    )
    price = t(
        "schedule.saves_money" if way.cost < 0 else "schedule.costs_money", lang, cost=numbers.whole(abs(way.cost))
    )
    parts: list[Component] = [words, html.Span(price, className="num way__cost")]
    if board.head is not None and board.may_help(way):
        values = {"order": way.order, "line": way.line, "position": str(way.position), "kind": way.kind}
        values |= {"day": way.day or "", "shift": way.shift or "", "plan": str(board.head.id)}
        parts.append(_button("help", t("schedule.do", lang), "", **values))
    return html.Div(parts, className="way")


def _effect(way: Remedy, numbers: Numbers) -> str:
    """What the way brings, in words: more or less, later or earlier, and nothing of what stays as it is."""
    lang = numbers.lang
    late = numbers.span(way.late_ms) if way.late_ms else t("schedule.in_time", lang)
    said = [t("schedule.remedy.late", lang, late=late)]
    for of, ms, (more, less) in (
        ("setup", way.setup_ms, ("more", "less")),
        ("others", way.others_ms, ("later", "earlier")),
    ):
        if ms:
            said.append(t(f"schedule.remedy.{of}_{more if ms > 0 else less}", lang, span=numbers.span(abs(ms))))
    return " · ".join(said)


def _costs(board: ScheduleBoard, lang: str) -> html.Section:
    costs = board.costs
    each = (("extra_hour", costs.extra_hour), ("setup_hour", costs.setup_hour), ("late_hour", costs.late_hour))
    fields = [
        field(t(f"schedule.{name}", lang), slot(name, "number", min="0", step="any", value=f"{value:g}"))
        for name, value in each
    ]
    keep = html.Button(t("schedule.keep", lang), type="submit", className="button", **marks(value_site=board.site))
    form = html.Form([html.Div(fields, className="two"), keep], **marks(send="costs"))
    title = html.Summary(t("schedule.prices", lang), className="card__title")
    return html.Section(html.Details([title, form]), className="card demand")
