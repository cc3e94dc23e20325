"""Parts of the quality page: rules in words, capability, what explains rejects."""

from dash import html
from dash.development.base_component import Component

from app.boards.explain import Kept
from app.boards.quality import MadeIn, QualityBoard
from app.domain.decisions.capability import Index
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.explain_counted import figure_words
from layouts.components.live import marks
from layouts.components.opens import figure_button, figure_name, opens
from layouts.figures.control_chart import BEYOND, amount

MOST_CAUSES = 8


def made_figures(board: QualityBoard, numbers: Numbers) -> html.Dl | None:
    """Return what the chart's hours add up to, and its last one; each opens with its time and product."""
    if board.made is None or board.last_made is None:
        return None
    shown = (
        ("scrap_ratio", board.last_made, "quality.last_hour"),
        ("scrap_ratio", board.made, "quality.all_hours"),
        ("quality", board.made, "quality.all_hours"),
        ("reject", board.made, "quality.all_hours"),
    )
    return html.Dl([_made(board, *figure, numbers) for figure in shown], className="opened")


def _made(board: QualityBoard, key: str, made: MadeIn, when: str, numbers: Numbers) -> html.Div:
    lang, name = numbers.lang, figure_name(key, numbers.lang)
    said = opens(key, board.question.machine or "", made.window, Kept(product=board.product))
    value = figure_words(key, getattr(made, key), numbers)
    label = html.Dt([name, html.Small(t(when, lang, since=numbers.moment(made.window.start)))])
    return html.Div([label, html.Dd(figure_button([value], name, said, lang), className="num")])


def rule_hits(board: QualityBoard, numbers: Numbers) -> Component:
    """Return which rules fired, how often and when last; that none did."""
    lang = numbers.lang
    if not board.charts:
        return html.P(t("quality.no_limits", lang), className="quiet")
    if not board.fired:
        return html.P(t("quality.calm", lang), className="quiet")
    points = board.charts[0].points
    rows = [
        html.Li(
            [
                html.Span(className="hit__mark", **marks(beyond="yes" if one.rule in BEYOND else "no")),
                html.B(t(f"quality.rule.{one.rule}", lang)),
                html.Small(
                    t("quality.fired", lang, n=numbers.whole(len(one.at)), last=numbers.moment(points[one.at[-1]].t))
                ),
            ],
            className="hit",
            **marks(rule=one.rule),
        )
        for one in board.fired
    ]
    return html.Ul(rows, className="hits")


def capability_table(board: QualityBoard, numbers: Numbers) -> html.Section:
    """Return the indices with their intervals, and what they are against; or why there are none."""
    lang, found = numbers.lang, board.capability
    title = html.H2(t("quality.capability", lang), className="card__title")
    if board.limits is None:
        words = html.P(t("quality.no_spec", lang), className="quiet")
        return html.Section([title, words], className="card table-card")
    low, high = (amount(value, board.unit, numbers) for value in board.limits)
    against = t("quality.against", lang, low=low, high=high, n=numbers.whole(found.n if found else 0))
    heads = html.Tr([html.Th(t(f"quality.{key}", lang), className=cls) for key, cls in _CAPABILITY_HEADS])
    indices = () if found is None else (("cp", found.cp), ("cpk", found.cpk), ("pp", found.pp), ("ppk", found.ppk))
    rows = [_index(key, index, numbers) for key, index in indices]
    table = html.Table([html.Thead(heads), html.Tbody(rows)], className="table")
    parts = [title, html.Div(table, className="scroll"), html.P(against, className="quiet")]
    return html.Section(parts, className="card table-card")


_CAPABILITY_HEADS = (("index", ""), ("value", "num"), ("interval", "num"))


def _index(key: str, index: Index | None, numbers: Numbers) -> html.Tr:
    name = html.Td([html.B(key.capitalize()), html.Small(t(f"quality.{key}", numbers.lang))])
    if index is None:
        return html.Tr([name, html.Td(NONE, className="num"), html.Td(t("quality.not_computable", numbers.lang))])
    interval = f"{numbers.decimal(index.low, 2)} \u2013 {numbers.decimal(index.high, 2)}"
    value = numbers.decimal(index.value, 2)
    return html.Tr([name, html.Td(value, className="num"), html.Td(interval, className="num")])


def cause_list(board: QualityBoard, numbers: Numbers) -> html.Section:
    """Return what goes with rejects, ranked; honest when nothing does or nothing could be compared."""
    lang = numbers.lang
    title = html.H2(t("quality.causes", lang), className="card__title")
    explains = [cause for cause in board.causes if cause.explains]
    said = "quality.causes.none" if board.causes else "quality.causes.too_little"
    words = html.P(t("quality.causes.what" if explains else said, lang), className="quiet")
    if not board.causes:
        return html.Section([title, words], className="card table-card")
    keys = (("parameter", ""), ("strength", "num"), ("direction", ""), ("lead", "num"), ("hours", "num"), ("p", "num"))
    heads = html.Tr([html.Th(t(f"quality.causes.{key}", lang), className=cls) for key, cls in keys])
    rows = [
        html.Tr(
            [
                html.Td([html.B(c.parameter.signal), html.Small(board.machines.get(c.parameter.machine, ""))]),
                html.Td(numbers.decimal(abs(c.strength), 2), className="num"),
                html.Td(t("quality.causes.up" if c.strength > 0 else "quality.causes.down", lang)),
                html.Td(numbers.minutes(c.lag_ms) if c.lag_ms else "0", className="num"),
                html.Td(numbers.whole(c.n), className="num"),
                html.Td(_chance(c.p, numbers), className="num"),
            ],
            **marks(explains="yes" if c.explains else "no"),
        )
        for c in board.causes[:MOST_CAUSES]
    ]
    table = html.Table([html.Thead(heads), html.Tbody(rows)], className="table table--causes")
    return html.Section([title, words, html.Div(table, className="scroll")], className="card table-card")


def _chance(p: float, numbers: Numbers) -> str:
    return f"< {numbers.decimal(0.001, 3)}" if p < 0.001 else numbers.decimal(p, 3)
