"""What a rule would have done: how often, how often rightly, when, and what followed."""

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from app.boards.rules import SPANS, RulesBoard, TriedRule
from app.domain.alerts.replay import Firing, Share, Trial
from app.domain.interval import DAY_MS, MINUTE_MS
from app.text.numbers import NONE, Numbers
from app.text.said import said_words
from app.text.translate import t
from layouts.components.live import marks

MOST_FIRINGS = 50
MOST_STRIPS = 12


def spans(board: RulesBoard, lang: str) -> html.Nav:
    """Return the spans over which the chosen rule may be tried, as links."""
    links = [
        html.A(
            t("shifts.last_day" if days == 1 else "shifts.last_days", lang, n=days),
            href="/rules?" + urlencode({"rule": board.question.rule or "", "days": days}),
            className="tabs__tab",
            **marks(go="", current="page" if days == board.question.days else None),
        )
        for days in SPANS
    ]
    return html.Nav(links, className="tabs", title=t("rules.over", lang))


def trial_parts(board: RulesBoard, tried: TriedRule, numbers: Numbers) -> list[Component | None]:
    """Return counts, timeline and list."""
    trial, lang = tried.trial, numbers.lang
    if trial.untold is not None:
        return [html.P(said_words(trial.untold, lang), className="quiet")]
    if trial.known_from is None:
        return [html.P(t("rules.nothing_known", lang), className="quiet")]
    step = numbers.whole(trial.step_ms / MINUTE_MS)
    begins = t("rules.known_from", lang, at=numbers.moment(trial.known_from)) if trial.is_short else None
    return [
        html.P(begins, className="quiet") if begins else None,
        _counts(trial, numbers),
        _timeline(trial, board, numbers),
        _list(trial, board, numbers),
        html.P(t("rules.left_out", lang, n=tried.left_out), className="quiet") if tried.left_out > 0 else None,
        html.P(t("rules.step_ms", lang, step=step), className="quiet"),
    ]


def _counts(trial: Trial, numbers: Numbers) -> html.Div:
    lang = numbers.lang
    on = t("rules.fired.on", lang, n=len(trial.places))
    stats = [_stat(t("rules.fired", lang), numbers.whole(len(trial.firings)), on)]
    for key, share in (("precision", trial.precision), ("recall", trial.recall)):
        if share is not None:
            stats.append(_stat(t(f"rules.{key}", lang), numbers.percent(share.value), _share(share, numbers)))
    if trial.recall is not None:
        stats.append(_stat(t("rules.missed", lang), numbers.whole(len(trial.missed)), None))
    return html.Div(stats, className="stats")


def _stat(name: str, value: str, small: str | None) -> html.Div:
    return html.Div([html.Span(name), html.B(value), html.Small(small) if small else None], className="stat")


def _share(share: Share, numbers: Numbers) -> str:
    bounds = share.bounds
    if bounds is None:
        return NONE
    low, high = (numbers.percent(bound) for bound in bounds)
    return t("rules.share", numbers.lang, hits=share.hits, n=share.n, low=low, high=high)


def _timeline(trial: Trial, board: RulesBoard, numbers: Numbers) -> html.Div | None:
    """Return one strip a place that fired or stopped: alerts as bars, stops as ticks."""
    paths = dict.fromkeys(f.equipment for f in trial.firings)
    paths |= dict.fromkeys(path for path, _ in trial.missed)
    if not paths:
        return None
    rows = [_strip(path, trial, board, numbers) for path in list(paths)[:MOST_STRIPS]]
    if len(paths) > MOST_STRIPS:
        rows.append(html.Div(t("rules.more", numbers.lang, n=len(paths) - MOST_STRIPS), className="quiet"))
    ends = [html.Span(numbers.moment(end)) for end in trial.window]
    return html.Div([*rows, html.Div(ends, className="trial__ends")], className="trial")


def _strip(path: str, trial: Trial, board: RulesBoard, numbers: Numbers) -> html.Div:
    start, length = trial.window.start, max(1, trial.window.length)
    bars: list[Component] = []
    for firing in trial.firings:
        if firing.equipment == path:
            end = trial.window.end if firing.cleared is None else min(firing.cleared, trial.window.end)
            left, width = 100 * (firing.raised - start) / length, 100 * (end - firing.raised) / length
            place = {"left": f"{left:.2f}%", "width": f"max(3px, {width:.2f}%)"}
            bars.append(html.Span(className="trial__bar", style=place, title=numbers.moment(firing.raised)))
    missed = set(trial.missed)
    for stop in trial.stops:
        if stop[0] == path:
            place = {"left": f"{100 * (stop[1] - start) / length:.2f}%"}
            how = marks(missed="" if stop in missed else None)
            bars.append(html.Span(className="trial__stop", style=place, title=numbers.moment(stop[1]), **how))
    name = _name(path, board)
    return html.Div([html.Span(name, className="trial__name"), html.Div(bars, className="trial__strip")])


def _name(path: str, board: RulesBoard) -> str:
    line = board.names.get(path.rpartition("/")[0])
    name = board.names.get(path, path)
    return name if line is None or path.count("/") < 3 else f"{name} \u00b7 {line}"


def _list(trial: Trial, board: RulesBoard, numbers: Numbers) -> Component:
    lang = numbers.lang
    if not trial.firings:
        days = round(trial.window.length / DAY_MS)
        return html.P(t("rules.none_fired", lang, days=days), className="quiet")
    keys = ("raised", "where", "cleared", "why", *(("then",) if trial.precision is not None else ()))
    heads = html.Tr([html.Th(t(f"rules.{key}", lang)) for key in keys])
    newest = trial.firings[: -MOST_FIRINGS - 1 : -1]
    body = [_row(firing, trial, board, numbers) for firing in newest]
    table = html.Table([html.Thead(heads), html.Tbody(body)], className="table table--rules")
    more = len(trial.firings) - len(newest)
    left = html.P(t("rules.more", lang, n=more), className="quiet") if more else None
    return html.Div([html.Div(table, className="scroll"), left])


def _row(firing: Firing, trial: Trial, board: RulesBoard, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    open_ = firing.cleared is None
    cells = [
        html.Td(numbers.moment(firing.raised), className="num"),
        html.Td(_name(firing.equipment, board)),
        html.Td(t("rules.open", lang) if open_ else numbers.minutes((firing.cleared or 0) - firing.raised)),
        html.Td(said_words(firing.why, lang), className="wraps"),
    ]
    if trial.precision is not None:
        cells.append(html.Td(_then(firing, numbers)))
    return html.Tr(cells)


def _then(firing: Firing, numbers: Numbers) -> str:
    lang = numbers.lang
    if firing.stop is not None:
        return t("rules.hit", lang, after=numbers.minutes(firing.stop - firing.raised))
    return t("rules.miss" if firing.is_judged else "rules.pending", lang)
