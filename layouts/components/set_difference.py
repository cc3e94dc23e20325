"""The card that explains the difference of two sets of shifts: which two, loss by loss, and how far to believe it."""

from dash import html

from app.boards.shifts import Pair, ShiftColumn, ShiftComparison
from app.domain.accounting.significance import Evidence
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.drawn import drawn
from layouts.components.live import field, picker
from layouts.figures.trend import shift_name
from layouts.figures.waterfall import difference_waterfall


def set_name(column: ShiftColumn, board: ShiftComparison, lang: str) -> str:
    """Return what people call a set: the shift's, line's or product's name, the weekday, the week."""
    by = board.question.by
    if by == "shift":
        return shift_name(column.label, lang)
    if by == "weekday":
        return t(f"weekday.{column.key}", lang)
    return column.label or t(f"shifts.none.{by}", lang)


def difference_card(board: ShiftComparison, numbers: Numbers, lang: str) -> html.Section:
    """Return the card; without two sets that can be compared it says so."""
    title = html.H2(t("shifts.waterfall", lang), className="card__title")
    if board.pair is None or not board.pair.steps:
        return html.Section([title, html.P(t("shifts.not_two", lang), className="calm")], className="card")
    pair, columns = board.pair, {column.key: column for column in board.columns}
    names = {key: set_name(column, board, lang) for key, column in columns.items()}
    ends = (_end(columns[pair.first], names), _end(columns[pair.second], names))
    graph = drawn(difference_waterfall(ends, pair.steps, lang))
    pickers = html.Div(
        [
            field(t("shifts.first", lang), picker("first", names, pair.first)),
            field(t("shifts.second", lang), picker("second", names, pair.second)),
        ],
        className="filters filters--slim",
    )
    return html.Section(
        [title, pickers, html.P(_said(pair, numbers, lang), className="verdict"), graph], className="card"
    )


def _end(column: ShiftColumn, names: dict[str, str]) -> tuple[str, float]:
    return names[column.key], column.row.oee or 0.0


def _said(pair: Pair, numbers: Numbers, lang: str) -> str:
    total = t("shifts.total", lang, delta=numbers.points(sum(step.points for step in pair.steps)))
    return f"{total} {_verdict(pair.evidence, numbers, lang)}"


def _verdict(found: Evidence, numbers: Numbers, lang: str) -> str:
    if found.low is None or found.high is None:
        return t("shifts.verdict.too_few", lang, n=min(found.n))
    low, high = numbers.points(found.low), numbers.points(found.high)
    return t(f"shifts.verdict.{found.verdict}", lang, low=low, high=high)
