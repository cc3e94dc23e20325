"""Quality: a control chart of rejects or of a process value, what explains rejects, adjustments and their effect."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.quality import DEFECTS, IN_A_ROW, REJECTS, QualityBoard, QualityQuestion
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.adjustment_parts import adjustment_list, protocol_list
from layouts.components.drawn import drawn
from layouts.components.live import field, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.components.quality_parts import capability_table, cause_list, made_figures, rule_hits
from layouts.figures.control_chart import HEIGHT, LOW_HEIGHT, amount, control_chart
from layouts.ids import PageIds

LOOK_MS = 60_000


class Ids(PageIds, page="quality"):
    """The page's own parts. chart: what is only looked at; work: adjustments and protocols; look: the beat."""

    filters: str
    chart: str
    work: str
    asks: str
    look: str


def layout(head: PageHead, board: QualityBoard, lines: dict[str, str], lang: str, held: frozenset[str]) -> html.Div:
    """Return the page. lines: path -> name of what may be chosen; held: permissions of whoever looks, as values."""
    parts: list[Component | None] = [
        html.Section(filters(board, lines, lang), id=Ids.filters, className="card filters"),
        html.Div(looked(board, lang), id=Ids.chart, className="stack"),
        html.Div(work(board, lang, held), id=Ids.work, className="stack"),
        dcc.Store(id=Ids.asks),
        dcc.Interval(id=Ids.look, interval=LOOK_MS),
    ]
    return page_box(replace(head, asks=Ids.asks), "quality", parts)


def filters(board: QualityBoard, lines: dict[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    asked = board.question
    charts = {REJECTS: t("quality.chart.rejects", lang), DEFECTS: t("quality.chart.defects", lang)}
    charts.update({key: f"{key} \u00b7 {meaning}" if meaning else key for key, meaning in board.signals.items()})
    return [
        html.H1(t("page.quality", lang), className="sheet__title"),
        field(t("quality.line", lang), picker("of_place", lines, asked.place)),
        field(t("quality.machine", lang), picker("machine", dict(board.machines), asked.machine)),
        field(t("quality.chart", lang), picker("chart", charts, asked.chart)),
        *([] if asked.is_counted else [_grouped(asked, lang)]),
    ]


def _grouped(asked: QualityQuestion, lang: str) -> Component:
    offered = {str(n): t(f"quality.group.{n}", lang) for n in (1, IN_A_ROW)}
    return field(t("quality.group", lang), picker("group", offered, str(asked.group)))


def looked(board: QualityBoard, lang: str) -> list[Component]:
    """Return the chart with its rules, and what goes with it."""
    numbers = Numbers(lang, board.zone)
    beside = capability_table(board, numbers)
    if board.question.is_counted:
        return [_chart(board, numbers), *([cause_list(board, numbers)] if board.question.chart == REJECTS else [])]
    return [_chart(board, numbers), beside]


def work(board: QualityBoard, lang: str, held: frozenset[str]) -> list[Component]:
    """Return adjustments and protocols."""
    numbers = Numbers(lang, board.zone)
    protocols = protocol_list(board, numbers, may_write="write_rules" in held)
    return [adjustment_list(board, numbers, held), protocols]


def _chart(board: QualityBoard, numbers: Numbers) -> html.Section:
    lang, asked = numbers.lang, board.question
    machine = board.machines.get(asked.machine or "", "")
    what = t(f"quality.chart.{asked.chart}", lang) if asked.is_counted else asked.chart
    of_product = [] if board.product is None else [board.product]
    title = html.H2(" \u00b7 ".join([machine, what, *of_product]), className="card__title")
    parts: list[Component] = [title]
    if board.risen_at is not None:
        point = board.charts[0].points[-1]
        now, usual = (amount(value, "%", numbers) for value in (point.value, point.centre))
        rose = t("quality.risen", lang, at=numbers.moment(board.risen_at), now=now, usual=usual)
        parts.append(html.P(rose, className="risen", role="status"))
    if not board.charts:
        key = "quality.empty.rejects" if asked.is_counted else "quality.empty.process"
        parts.append(html.P(t(key, lang)))
        return html.Section(parts, className="card table-card")
    figures = made_figures(board, numbers)
    parts += [] if figures is None else [figures]
    for chart, fired, height in zip(board.charts, (board.fired, board.spread), (HEIGHT, LOW_HEIGHT), strict=False):
        parts.append(html.H3(t(f"quality.kind.{chart.kind}", lang, n=chart.points[-1].n), className="quiet"))
        figure = control_chart(chart, fired, board.unit, numbers, height)
        parts.append(drawn(figure))
    return html.Section([*parts, rule_hits(board, numbers)], className="card table-card")
