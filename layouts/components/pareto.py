"""The Pareto as a list: what costs most first, its share of all, how it was before; every bar leads to its stops."""

from dash import html

from app.boards.downtime import MEASURES, Bar, DowntimeBoard, Measure
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.address import downtime_address
from layouts.components.live import field, marks, picker

MOST_BARS = 12


def pareto_card(board: DowntimeBoard, numbers: Numbers, lang: str) -> html.Section:
    """Return the card; without a stop in the window it says so."""
    asked = board.question
    levels: dict[str, str] = {level: t(f"downtime.level.{level}", lang) for level in board.offered.levels}
    measures: dict[str, str] = {measure: t(f"downtime.measure.{measure}", lang) for measure in MEASURES}
    pickers = html.Div(
        [
            field(t("downtime.level", lang), picker("level", levels, asked.level)),
            field(t("downtime.measure", lang), picker("measure", measures, asked.measure)),
        ],
        className="filters filters--slim",
    )
    title = html.H2(t("downtime.pareto", lang), className="card__title")
    if not board.bars:
        return html.Section([title, html.P(t("downtime.no_stops", lang), className="calm")], className="card")
    values = [value_of(bar, asked.measure) or 0.0 for bar in board.bars]
    whole, highest, upto = sum(values), max(values), 0.0
    lines = []
    for bar, value in zip(board.bars[:MOST_BARS], values, strict=False):
        upto += value
        shares = (value / highest if highest else 0.0, upto / whole if whole else 0.0)
        lines.append(_line(bar, shares, board, numbers, lang))
    heads = [
        "",
        t("downtime.lost", lang),
        t("downtime.count", lang),
        t("downtime.change", lang),
        t("downtime.upto", lang),
    ]
    names = html.Div([html.Span(head) for head in heads], className="bars__head")
    rest = len(board.bars) - MOST_BARS
    more = [html.P(t("downtime.more_bars", lang, n=rest), className="quiet")] if rest > 0 else []
    if not board.is_compared:
        more.append(html.P(t("downtime.not_compared", lang), className="quiet"))
    return html.Section([title, pickers, html.Div([names, *lines], className="bars"), *more], className="card")


def _line(bar: Bar, shares: tuple[float, float], board: DowntimeBoard, numbers: Numbers, lang: str) -> html.A:
    asked = board.question
    is_chosen = asked.bar == bar.key
    href = downtime_address(asked, bar=None if is_chosen else bar.key, stop=None)
    fill = html.Span(className="bars__fill", style={"width": f"{shares[0] * 100:.2f}%"}, **marks(bucket=bar.bucket.key))
    words = [
        html.Span([html.Span(bar_name(bar, lang), className="bars__name cut"), fill], className="bars__bar"),
        html.Span(words_of(bar, asked.measure, board.currency, numbers), className="num"),
        html.Span(numbers.whole(bar.count), className="num"),
        html.Span(_change(bar, asked.measure, numbers) if board.is_compared else NONE, className="num quiet"),
        html.Span(numbers.percent(shares[1]), className="num quiet"),
    ]
    cls = "bars__line is-chosen" if is_chosen else "bars__line"
    return html.A(words, href=href, className=cls, **marks(go="", bar=bar.key))


def value_of(bar: Bar, measure: Measure) -> float | None:
    """Return what a bar measures: ms, stops, units or money; None where it is not known."""
    if measure == "time":
        return float(bar.ms)
    if measure == "count":
        return float(bar.count)
    return bar.units if measure == "units" else bar.cost


def words_of(bar: Bar, measure: Measure, currency: str | None, numbers: Numbers) -> str:
    """Return a bar's value in the reader's form; stops are told beside it, so a count shows its time."""
    if measure in ("time", "count"):
        return numbers.minutes(bar.ms)
    value = value_of(bar, measure)
    if value is None:
        return NONE
    return f"{numbers.whole(value)} {currency or ''}".strip() if measure == "cost" else numbers.whole(value)


def bar_name(bar: Bar, lang: str) -> str:
    """Return what a bar is called; stops without a reason of their own are called what they are."""
    if bar.name:
        return bar.name
    return t("downtime.unclassified", lang) if bar.key == "unclassified" else t(f"bucket.{bar.key}", lang)


def _change(bar: Bar, measure: Measure, numbers: Numbers) -> str:
    """Return the difference to the period of the same length before."""
    if measure == "count":
        return numbers.signed(bar.count - bar.before_count)
    if measure in ("units", "cost"):
        now, before = (bar.units, bar.before_units) if measure == "units" else (bar.cost, bar.before_cost)
        return NONE if now is None or before is None else numbers.signed(round(now - before))
    change = numbers.minutes(bar.ms - bar.before_ms)
    return f"+{change}" if bar.ms > bar.before_ms else change
