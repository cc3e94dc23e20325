"""Shift comparison: figures side by side, what makes the difference, and whether it is more than noise."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component
from plotly import graph_objects as go

from app.boards.period import Period
from app.boards.shifts import WAYS, ShiftColumn, ShiftComparison
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.drawn import drawn
from layouts.components.live import field, marks, picker
from layouts.components.pagebox import PageHead, page_box
from layouts.components.period_fields import period_fields
from layouts.components.set_difference import difference_card, set_name
from layouts.components.states import blank
from layouts.figures.heatmap import week_heatmap
from layouts.figures.trend import outside_words, shift_name, shift_trend
from layouts.ids import PageIds

PERIODS = (2, 7, 14, 28, 91, 365)
RATIOS = ("oee", "availability", "performance", "quality", "coverage", "trust", "teep")
COUNTS = ("good", "reject", "rework", "throughput_per_h")
TIMES = ("mtbf_ms", "mttr_ms")


class Ids(PageIds, page="shifts"):
    """The page's own parts. filters, result: everything that depends on the choice."""

    filters: str
    result: str


def layout(head: PageHead, board: ShiftComparison, places: Mapping[str, str], lang: str) -> html.Div:
    """Return the page; places: path -> name of what may be chosen."""
    result = html.Div(comparison(board, lang), id=Ids.result, className="shifts__result")
    chosen = html.Section(filters(board, places, lang), id=Ids.filters, className="card filters")
    return page_box(head, "shifts", [chosen, result])


def filters(board: ShiftComparison, places: Mapping[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    asked = board.question
    shifts = {key: shift_name(key, lang) for key in board.shifts}
    ways: dict[str, str] = {way: t(f"shifts.by.{way}", lang) for way in WAYS}
    mixes = {"same": t("shifts.mix.same", lang)}
    every = t("shifts.all", lang)
    return [
        html.H1(t("shifts.title", lang), className="sheet__title"),
        field(t("shifts.equipment", lang), picker("of_place", places, asked.equipment)),
        *period_fields(asked.period or Period(asked.window), PERIODS, lang),
        field(t("shifts.by", lang), picker("by", ways, asked.by)),
        field(t("shifts.only", lang), picker("only", shifts, asked.shift, first=every)),
        field(t("shifts.product", lang), picker("product", board.products, asked.product, first=every)),
        field(
            t("shifts.mix", lang),
            picker("mix", mixes, "same" if asked.like_for_like else None, first=t("shifts.mix.own", lang)),
        ),
    ]


def comparison(board: ShiftComparison, lang: str) -> list[Component]:
    """Return the answer for a choice: KPI table, difference waterfall, losses, trend, week."""
    if not board.columns:
        return [blank("no_history", lang, href="/shifts")]
    numbers = Numbers(lang, board.zone)
    return [
        _table(board, numbers, lang),
        difference_card(board, numbers, lang),
        _losses(board, numbers, lang),
        _figure("trend", shift_trend(board.trend, board.zone, lang), lang, outside_words(board, lang)),
        _figure("heat", week_heatmap(board.heat, lang), lang),
    ]


def _figure(name: str, figure: go.Figure, lang: str, words: str | None = None) -> html.Section:
    said = [html.P(words, className="quiet")] if words else []
    return html.Section(
        [html.H2(t(f"shifts.{name}", lang), className="card__title"), *said, drawn(figure)], className="card trend-card"
    )


def _table(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    heads = [html.Th(t("shifts.kpi", lang)), *(_column_head(column, board, lang) for column in board.columns)]
    body = [_line(key, board, numbers, lang) for key in (*RATIOS, *COUNTS, *TIMES)]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--kpi")
    return html.Section(
        [
            html.H2(board.name, className="card__title"),
            html.Div(table, className="scroll"),
            html.P(_foot(board, numbers, lang), className="quiet"),
        ],
        className="card table-card",
    )


def _foot(board: ShiftComparison, numbers: Numbers, lang: str) -> str:
    as_of = numbers.moment(board.as_of) if board.as_of is not None else NONE
    said = [t("shifts.as_of", lang, at=as_of), t("shifts.profile", lang, profile=board.profile)]
    if board.mix:
        said.append(t("shifts.mixed", lang, products=", ".join(board.products.get(p, p) for p in board.mix)))
    elif board.question.like_for_like:
        said.append(t("shifts.no_mix", lang))
    if any(not _is_trusted(column, board) for column in board.columns):
        said.append(t("shifts.greyed", lang))
    return " \u00b7 ".join(said)


def _column_head(column: ShiftColumn, board: ShiftComparison, lang: str) -> html.Th:
    count = html.Small(" " + t("shifts.n", lang, n=column.n), className="quiet")
    return html.Th([set_name(column, board, lang), count], className="num")


def _line(key: str, board: ShiftComparison, numbers: Numbers, lang: str) -> html.Tr:
    base = next((column for column in board.columns if _is_trusted(column, board)), None)
    before: float | None = None if base is None else getattr(base.row, key)
    cells = [html.Td(t(f"kpi.{key}", lang))]
    for column in board.columns:
        value: float | None = getattr(column.row, key)
        shown: list[Component | str] = [_shown(key, value, numbers)]
        is_compared = _is_trusted(column, board) and column is not base
        if is_compared and value is not None and before is not None:
            shown.append(html.Small(_delta(key, value - before, numbers, lang)))
        cls = "num" if _is_trusted(column, board) else "num is-grey"
        cells.append(html.Td(_opens(key, column, board, shown, lang), className=cls))
    return html.Tr(cells, className="main" if key == "oee" else "")


def _is_trusted(column: ShiftColumn, board: ShiftComparison) -> bool:
    return (column.row.coverage or 0) >= board.floor


def _opens(key: str, column: ShiftColumn, board: ShiftComparison, shown: list[Component | str], lang: str) -> Component:
    """Return a figure that opens; one of a chosen product, week or mix stands for itself."""
    asked = board.question
    if asked.by != "shift" or asked.product is not None or board.mix:
        return html.Div(shown, className="cell cell--plain")
    window = {"from": str(column.row.from_), "to": str(column.row.to)}
    name = t("explain.open", lang, kpi=t(f"kpi.{key}", lang))
    return html.Button(
        shown,
        type="button",
        className="cell",
        **marks(explain=key, of=asked.equipment, during=column.key, **window),
        title=name,
    )


def _shown(key: str, value: float | None, numbers: Numbers) -> str:
    if key in TIMES:
        return numbers.minutes(value)
    if key in RATIOS:
        return numbers.percent(value)
    per = t("unit.per_h", numbers.lang) if key == "throughput_per_h" and value is not None else ""
    return numbers.whole(value) + per


def _delta(key: str, difference: float, numbers: Numbers, lang: str) -> str:
    if key in TIMES:
        return ("+" if difference > 0 else "") + numbers.minutes(difference)
    return f"{numbers.points(difference)} {t('shifts.points', lang)}" if key in RATIOS else numbers.signed(difference)


def _losses(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    keys = [key for key in board.columns[0].losses if key != "good"]
    heads = [html.Th(""), *(html.Th(set_name(c, board, lang), className="num") for c in board.columns)]
    lines = []
    for key in keys:
        name = html.Span([html.Span(className="swatch", **marks(loss=key)), t(f"loss.{key}", lang)], className="why")
        shares = [html.Td(numbers.percent(_share(c, key)), className="num") for c in board.columns]
        lines.append(html.Tr([html.Td(name), *shares]))
    table = html.Div(html.Table([html.Thead(html.Tr(heads)), html.Tbody(lines)], className="table"), className="scroll")
    return html.Section([html.H2(t("shifts.losses", lang), className="card__title"), table], className="card")


def _share(column: ShiftColumn, key: str) -> float | None:
    whole = sum(column.losses.values())
    return column.losses.get(key, 0) / whole if whole else None
