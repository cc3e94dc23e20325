"""Shift comparison: figures side by side, what makes the difference, and whether it is more than noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.shifts import ShiftColumn, ShiftComparison
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks
from layouts.components.pagebox import PageHead, page_box
from layouts.components.states import blank
from layouts.figures.trend import shift_name, shift_trend
from layouts.figures.waterfall import difference_waterfall
from layouts.ids import PageIds

PERIODS = (2, 7, 14)
RATIOS = ("oee", "availability", "performance", "quality", "coverage", "teep")
COUNTS = ("good", "reject", "rework", "throughput_per_h")
TIMES = ("mtbf_ms", "mttr_ms")
TRUSTED = 0.9


class Ids(PageIds, page="shifts"):
    """The page's own parts. result: everything that depends on the choice."""

    result: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is compared: the equipment's path and the last days; from the address."""

    equipment: str
    days: int


def layout(
    head: PageHead, choice: Choice, places: Mapping[str, str], result: Sequence[Component], lang: str
) -> html.Div:
    """Return the page; places: path -> name of what may be chosen."""
    days = {str(n): t("shifts.last_days", lang, n=n) for n in PERIODS}
    filters = html.Section(
        [
            html.H1(t("shifts.title", lang), className="sheet__title"),
            field(t("shifts.equipment", lang), _picked("of_place", places, choice.equipment)),
            field(t("shifts.days", lang), _picked("days", days, str(choice.days))),
        ],
        className="card filters",
    )
    return page_box(head, "shifts", [filters, html.Div(list(result), id=Ids.result, className="shifts__result")])


def _picked(name: str, options: Mapping[str, str], chosen: str) -> html.Select:
    ordered = {chosen: options.get(chosen, chosen), **options}
    select = choices(name, ordered)
    return html.Select(select.children, name=name, className="input", **marks(filter="", chosen=chosen))


def comparison(board: ShiftComparison, lang: str) -> list[Component]:
    """Return the answer for a choice: KPI table, difference waterfall, losses, trend."""
    if not board.columns:
        return [blank("no_history", lang, href="/shifts")]
    numbers = Numbers(lang, board.zone)
    return [
        _table(board, numbers, lang),
        _waterfall(board, numbers, lang),
        _losses(board, numbers, lang),
        _trend(board, lang),
    ]


def _label(column: ShiftColumn, lang: str) -> str:
    return shift_name(column.label, lang)


def _table(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    heads = [html.Th(t("shifts.kpi", lang)), *(_column_head(column, lang) for column in board.columns)]
    body = [_line(key, board, numbers, lang) for key in (*RATIOS, *COUNTS, *TIMES)]
    as_of = numbers.clock(board.as_of) if board.as_of is not None else NONE
    foot = " · ".join((t("shifts.as_of", lang, at=as_of), t("shifts.profile", lang, profile=board.profile)))
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--kpi")
    return html.Section(
        [html.H2(board.name, className="card__title"), table, html.P(foot, className="quiet")],
        className="card table-card",
    )


def _column_head(column: ShiftColumn, lang: str) -> html.Th:
    count = html.Small(" " + t("shifts.n", lang, n=column.n), className="quiet")
    return html.Th([_label(column, lang), count], className="num")


def _line(key: str, board: ShiftComparison, numbers: Numbers, lang: str) -> html.Tr:
    base: float | None = getattr(board.columns[0].row, key)
    cells = [html.Td(t(f"kpi.{key}", lang))]
    for i, column in enumerate(board.columns):
        value: float | None = getattr(column.row, key)
        shown: list[Component | str] = [_shown(key, value, numbers)]
        if i and value is not None and base is not None:
            shown.append(html.Small(_delta(key, value - base, numbers, lang)))
        cls = "num is-grey" if (column.row.coverage or 0) < TRUSTED else "num"
        cells.append(html.Td(_opens(key, column, board, shown, lang), className=cls))
    return html.Tr(cells, className="main" if key == "oee" else "")


def _opens(key: str, column: ShiftColumn, board: ShiftComparison, shown: list[Component | str], lang: str) -> Component:
    window = {"from": str(column.row.from_), "to": str(column.row.to)}
    name = t("explain.open", lang, kpi=t(f"kpi.{key}", lang))
    return html.Button(
        shown,
        type="button",
        className="cell",
        **marks(explain=key, of=board.equipment, shift=column.key, **window),
        title=name,
    )


def _shown(key: str, value: float | None, numbers: Numbers) -> str:
    if key in TIMES:
        return numbers.minutes(value)
    return numbers.percent(value) if key in RATIOS else numbers.whole(value)


def _delta(key: str, difference: float, numbers: Numbers, lang: str) -> str:
    if key in TIMES:
        return ("+" if difference > 0 else "") + numbers.minutes(difference)
    return f"{numbers.points(difference)} {t('shifts.points', lang)}" if key in RATIOS else numbers.signed(difference)


def _waterfall(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    title = html.H2(t("shifts.waterfall", lang), className="card__title")
    if len(board.columns) < 2 or not board.waterfall:
        return html.Section([title, html.P(t("shifts.not_two", lang), className="calm")], className="card")
    first, second = board.columns[:2]
    before, after = first.row.oee or 0.0, second.row.oee or 0.0
    ends = ((_label(first, lang), before), (_label(second, lang), after))
    total = t(
        "shifts.from_to",
        lang,
        first=ends[0][0],
        second=ends[1][0],
        delta=numbers.points(sum(s.points for s in board.waterfall)),
    )
    graph = dcc.Graph(figure=difference_waterfall(ends, board.waterfall, lang), config={"displayModeBar": False})
    return html.Section([title, html.P(total, className="quiet"), graph], className="card")


def _losses(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    keys = [key for key in board.columns[0].losses if key != "good"]
    heads = [html.Th(""), *(html.Th(_label(c, lang), className="num") for c in board.columns)]
    lines = []
    for key in keys:
        name = html.Span([html.Span(className="swatch", **marks(loss=key)), t(f"loss.{key}", lang)], className="why")
        shares = [html.Td(numbers.percent(_share(c, key)), className="num") for c in board.columns]
        lines.append(html.Tr([html.Td(name), *shares]))
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(lines)], className="table")
    return html.Section([html.H2(t("shifts.losses", lang), className="card__title"), table], className="card")


def _share(column: ShiftColumn, key: str) -> float | None:
    whole = sum(column.losses.values())
    return column.losses.get(key, 0) / whole if whole else None


def _trend(board: ShiftComparison, lang: str) -> html.Section:
    graph = dcc.Graph(figure=shift_trend(board.trend, board.zone, lang), config={"displayModeBar": False})
    return html.Section([html.H2(t("shifts.trend", lang), className="card__title"), graph], className="card trend-card")
