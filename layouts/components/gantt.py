"""Orders as bars on lines in time: set-up, order, the interval in which it ends, when it is due; late ones say so."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from app.boards.schedule import Bar, LineBars, ScheduleBoard, place
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import marks

WIDE_VIEW_MS = 2 * DAY_MS


def gantt(board: ScheduleBoard, numbers: Numbers) -> html.Div:
    """Return the drawing: an axis, a row a line, what the marks mean."""
    rows: list[Component] = [_axis(board.view, numbers)]
    rows += [_line(line, board.view, numbers) for line in board.lines]
    return html.Div([html.Div(rows, className="gantt__rows"), _legend(numbers.lang)], className="gantt")


def _axis(view: Interval, numbers: Numbers) -> html.Div:
    step = DAY_MS if view.length > WIDE_VIEW_MS else 4 * HOUR_MS
    first, ticks = _first(view.start, step, numbers), []
    for at in range(first, view.end, step):
        words = numbers.date(at) if step == DAY_MS else numbers.clock(at)
        ticks.append(html.Span(words, className="gantt__tick", style=_at(view, at)))
    return html.Div(
        [html.Span(className="gantt__name"), html.Div(ticks, className="gantt__axis")], className="gantt__row"
    )


def _first(start: int, step: int, numbers: Numbers) -> int:
    """Return the first full step of the plant's own day after `start`."""
    hours = -(-start // HOUR_MS)
    while not (numbers.clock(hours * HOUR_MS).endswith(":00") and _of_day(hours, numbers) % (step // HOUR_MS) == 0):
        hours += 1
    return hours * HOUR_MS


def _of_day(hours: int, numbers: Numbers) -> int:
    return int(numbers.clock(hours * HOUR_MS).split(":")[0])


def _line(line: LineBars, view: Interval, numbers: Numbers) -> html.Div:
    parts: list[Component] = []
    for closed in line.closed:
        style = _over(view, closed)
        if style is not None:
            parts.append(html.Span(className="gantt__closed", style=style))
    for bar in line.bars:
        parts += _bar(bar, view, numbers)
    name = html.A(line.name, href=f"/line/{line.path}", className="gantt__name cut", **marks(go=""))
    return html.Div([name, html.Div(parts, className="gantt__track")], className="gantt__row")


def _bar(bar: Bar, view: Interval, numbers: Numbers) -> list[Component]:
    found: list[Component] = []
    band = _over(view, Interval(bar.low, bar.high if bar.high is not None else view.end))
    setup = _over(view, Interval(bar.setup_start, bar.start)) if bar.setup_start < bar.start else None
    if band is not None:
        found.append(html.Span(className="gantt__band", style=band, **marks(how=how_of(bar))))
    if setup is not None:
        found.append(html.Span(className="gantt__setup", style=setup, title=t("schedule.setup", numbers.lang)))
    style = _over(view, Interval(bar.start, bar.end))
    if style is not None:
        label = f"{bar.order} \u00b7 {t('schedule.late', numbers.lang)}" if bar.is_late else bar.order
        about = marks(how=how_of(bar), running="" if bar.running else None, order=bar.order)
        words = html.Span(label, className="cut")
        found.append(html.Span(words, className="gantt__bar", style=style, title=bar_words(bar, numbers), **about))
    if bar.due is not None and bar.is_late and view.start <= bar.due < view.end:
        due = t("schedule.due_of", numbers.lang, order=bar.order, at=numbers.moment(bar.due))
        found.append(html.Span(className="gantt__due", style=_at(view, bar.due), title=due))
    return found


def how_of(bar: Bar) -> str:
    """Return how an order stands: late, tight (its interval reaches behind its due time), fine."""
    return "late" if bar.is_late else "tight" if bar.may_be_late else "fine"


def bar_words(bar: Bar, numbers: Numbers) -> str:
    """Return everything about a bar in words."""
    high = "\u2026" if bar.high is None else numbers.moment(bar.high)
    words = [
        f"{bar.order} \u00b7 {bar.product}",
        f"{numbers.moment(bar.start)} \u2013 {numbers.moment(bar.end)}",
        t("schedule.ends_between", numbers.lang, low=numbers.moment(bar.low), high=high),
    ]
    if bar.due is not None:
        words.append(t("schedule.due_at", numbers.lang, at=numbers.moment(bar.due)))
    return "\n".join(words)


def _legend(lang: str) -> html.P:
    kinds = ("fine", "tight", "late", "setup", "band", "closed", "due")
    marked: list[Any] = [
        html.Span([html.Span(className="gantt__key", **marks(key=kind)), t(f"schedule.key.{kind}", lang)])
        for kind in kinds
    ]
    return html.P(marked, className="gantt__legend quiet")


def _over(view: Interval, part: Interval) -> dict[str, str] | None:
    found = place(view, part)
    return None if found is None else {"left": f"{found[0] * 100:.3f}%", "width": f"{found[1] * 100:.3f}%"}


def _at(view: Interval, at: int) -> dict[str, str]:
    return {"left": f"{(at - view.start) / view.length * 100:.3f}%"}
