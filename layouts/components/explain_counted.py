"""Parts of the panel behind a number: how far to believe a mean, the stops and calls it is counted from, the lines."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from app.boards.explain import Explanation, Share
from app.boards.stops import StopRow
from app.domain.accounting.facts import CallFact
from app.domain.governance.findings import has_owner
from app.text.numbers import Numbers
from app.text.translate import has, t
from layouts.components.live import marks
from layouts.components.opens import opens

_SHOWN, _FOLDED = 8, 120
_COUNTS = ("good", "reject", "rework", "throughput_per_h", "failures")


def figure_words(kpi: str, value: float | None, numbers: Numbers) -> str:
    """Return a figure as every page writes it: time to the minute, counts whole, ratios in percent."""
    if kpi.endswith("_ms") or kpi.startswith("loss."):
        return numbers.minutes(value)
    return numbers.whole(value) if kpi in _COUNTS else numbers.percent(value)


def section(title: str, body: Sequence[Component], *more: Component) -> html.Section | None:
    """Return a part of the panel under its title; None where there is nothing to show."""
    return html.Section([html.H3(title), *body, *more]) if body else None


def folded(items: Sequence[html.Li], lang: str) -> list[Component]:
    """Return the first items, and the others to be unfolded."""
    shown: list[Component] = [html.Ul(list(items[:_SHOWN]), className="list-plain")] if items else []
    if len(items) > _SHOWN:
        rest = html.Ul(list(items[_SHOWN:]), className="list-plain")
        shown.append(html.Details([html.Summary(t("explain.show", lang, n=len(items) - _SHOWN)), rest]))
    return shown


def mean_words(board: Explanation, numbers: Numbers) -> html.P | None:
    """Return the interval of a mean and how it was found."""
    if board.mean is None:
        return None
    low, high = (numbers.minutes(limit) for limit in (board.mean.low, board.mean.high))
    method = t(f"explain.method.{board.kpi}", numbers.lang)
    return html.P(f"{t('explain.interval', numbers.lang, low=low, high=high)} {method}", className="quiet")


def stops_section(board: Explanation, numbers: Numbers) -> html.Section | None:
    """Return the stops a figure is counted from, the longest first; each opens closely on the downtime page."""
    lang, shown = numbers.lang, board.stops[:_FOLDED]
    hidden = board.stop_count - len(shown)
    rest = [html.P(t("explain.more_episodes", lang, n=hidden), className="quiet")] if hidden else []
    key = f"explain.stops.{board.kpi}"
    title = t(key if has(key) else "explain.stops", lang)
    return section(title, folded([_stop(stop, numbers) for stop in shown], lang), *rest)


def _stop(stop: StopRow, numbers: Numbers) -> html.Li:
    lang = numbers.lang
    what = stop.reason_name or t("explain.no_reason", lang)
    parts = (f"{numbers.moment(stop.start)} {stop.machine_name}", what, stop.by)
    words = " \u00b7 ".join(part for part in parts if part)
    swatch = html.Span(className="swatch", title=t(f"bucket.{stop.bucket.key}", lang), **marks(bucket=stop.bucket.key))
    day = numbers.iso_date(stop.start)
    said = {"of_place": stop.machine, "since": day, "until": day, "stop": stop.id}
    link = html.A(words, href="/downtime?" + urlencode(said, safe="/@"), **marks(go=""))
    return html.Li([html.Span([swatch, " ", link]), html.Span(numbers.duration(stop.ms), className="num")])


def calls_section(board: Explanation, numbers: Numbers) -> html.Section | None:
    """Return the calls a mean time to acceptance is of, the newest first."""
    calls = sorted(board.calls, key=lambda call: -call.since)
    return section(t("explain.calls", numbers.lang), folded([_call(c, board, numbers) for c in calls], numbers.lang))


def _call(call: CallFact, board: Explanation, numbers: Numbers) -> html.Li:
    lang = numbers.lang
    line = next((share.name for share in board.shares if share.path == call.line), "")
    parts = (numbers.moment(call.since), line, t(f"call.{call.call}", lang), call.by)
    words = " \u00b7 ".join(part for part in parts if part)
    if call.accepted_at is None:
        return html.Li([html.Span(words), html.Span(t("explain.call_open", lang), className="quiet")])
    waited = numbers.duration(call.accepted_at - call.since)
    return html.Li([html.Span(f"{words} \u2192 {call.accepted_by or ''}"), html.Span(waited, className="num")])


def shares_section(board: Explanation, numbers: Numbers) -> html.Section | None:
    """Return an area's or site's figure line by line; each opens as its own."""
    items = [
        html.Li(
            [
                html.Button(
                    [html.Span(share.name), html.Span(f" {numbers.window(*share.window)}", className="quiet")],
                    type="button",
                    className="open",
                    **_of_share(board, share),
                ),
                html.Span(figure_words(board.kpi, share.value, numbers), className="num"),
            ]
        )
        for share in board.shares
    ]
    return section(t("explain.shares", numbers.lang), [html.Ul(items, className="list-plain")] if items else [])


def dearest_line(board: Explanation, numbers: Numbers) -> html.Section | None:
    """Return which line of an area or site cost most, and the way to that line's same figure, to be disputed there."""
    dearest = max(board.shares, key=lambda share: share.lost_ms, default=None)
    if has_owner(board.equipment) or dearest is None:
        return None
    lang = numbers.lang
    lost = numbers.minutes(dearest.lost_ms)
    key = "explain.dearest" if dearest.lost_ms > 0 else "explain.none_lost"
    button = html.Button(
        t("explain.dearest.open", lang, line=dearest.name),
        type="button",
        className="button button--quiet",
        **_of_share(board, dearest),
    )
    said = html.P(t(key, lang, line=dearest.name, lost=lost), className="quiet")
    return html.Section([html.H3(t("explain.disputed_below", lang)), said, button], className="dearest")


def _of_share(board: Explanation, share: Share) -> dict[str, Any]:
    """Return what opens a share with the window and filters of the whole; a live one has no window: it goes on."""
    return opens(board.kpi, share.path, None if board.is_live else share.window, board.kept)
