"""Machines by health, worst first: time left to a limit, values away from normal, stops, chance of failing."""

from dash import html
from dash.development.base_component import Component

from app.boards.maintenance import HealthRow, MaintenanceBoard
from app.domain.accounting.reliability import Mean
from app.domain.decisions.health import Health
from app.domain.decisions.survival import LEAST_FAILURES, Life
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks

HEADS = {"machine": "", "left": "", "odd": "", "stops": "", "chance": "", "mttr": "num"}


def health_list(board: MaintenanceBoard, lang: str) -> Component:
    """Return the table."""
    numbers = Numbers(lang, board.zone)
    heads = html.Tr([html.Th(t(f"maintenance.head.{key}", lang), className=cls) for key, cls in HEADS.items()])
    table = html.Table([html.Thead(heads), html.Tbody([_row(row, numbers) for row in board.rows])], className="table")
    title = html.H2(t("maintenance.health", lang), className="card__title")
    foot = html.P(t("maintenance.health.what", lang), className="quiet")
    return html.Section([title, html.Div(table, className="scroll"), foot], className="card table-card table--health")


def _row(row: HealthRow, numbers: Numbers) -> html.Tr:
    name = html.Td([html.B(row.name), html.Small(row.line_name)])
    health = row.health
    if health is None or health.learnt_at is None:
        unknown = html.Td(t("maintenance.not_yet", numbers.lang), colSpan=len(HEADS) - 1, className="quiet")
        return html.Tr([name, unknown], **marks(machine=row.machine))
    cells = [name, _left(health, numbers), _odd(health, numbers), _stops(health, numbers), _chance(health, numbers)]
    return html.Tr([*cells, _mttr(row, numbers)], **marks(machine=row.machine))


def _left(health: Health, numbers: Numbers) -> html.Td:
    if not health.wear:
        key = "maintenance.no_wear" if health.judged else "maintenance.no_values"
        return html.Td(t(key, numbers.lang), className="quiet")
    parts: list[Component] = []
    for wear in health.wear:
        way = wear.climb
        span = t("maintenance.no_span", numbers.lang)
        if way.low is not None:
            span = t("maintenance.span", numbers.lang, low=numbers.minutes(way.low), high=numbers.minutes(way.high))
        value = f"{wear.meaning or wear.signal}: {numbers.decimal(way.level)} \u2192 {numbers.decimal(way.limit)}"
        parts += [html.B(numbers.minutes(way.mid)), html.Small(span), html.Small(f"{value} {wear.unit}")]
    return html.Td(parts, className="wraps", **marks(health="bad"))


def _odd(health: Health, numbers: Numbers) -> html.Td:
    if not health.odd:
        return html.Td(NONE if health.judged else t("maintenance.no_values", numbers.lang), className="quiet")
    parts: list[Component] = []
    for odd in health.odd:
        said = f"{numbers.decimal(odd.value)} {odd.unit}"
        usual = t("maintenance.usual", numbers.lang, value=numbers.decimal(odd.middle), unit=odd.unit)
        parts += [html.B(f"{odd.meaning or odd.signal}: {said}"), html.Small(usual)]
    return html.Td(parts, className="wraps", **marks(health="warn"))


def _stops(health: Health, numbers: Numbers) -> html.Td:
    found = health.frequent
    if found is None:
        return html.Td(NONE, className="quiet")
    usual = t("maintenance.usual", numbers.lang, value=numbers.decimal(found.expected), unit="")
    words = t("maintenance.stopped", numbers.lang, n=found.stops, run=numbers.minutes(found.run_ms))
    return html.Td([html.B(words), html.Small(usual)], className="wraps", **marks(health="warn"))


def _chance(health: Health, numbers: Numbers) -> html.Td:
    life = next((found for found in health.lives if not found.component), None)
    if life is None or life.within_shift is None or life.within_day is None:
        known = 0 if life is None else life.failures
        words = t("maintenance.too_few", numbers.lang, n=known, least=LEAST_FAILURES)
        return html.Td([words, _counted(health, numbers)], className="quiet wraps")
    low, mid, high = (_percent(part, numbers) for part in life.within_shift)
    span = t("maintenance.span", numbers.lang, low=low, high=high)
    day = t("maintenance.within_day", numbers.lang, mid=_percent(life.within_day[1], numbers))
    parts = [
        html.B(mid),
        html.Small(f"{span} \u00b7 {day}"),
        html.Small(_life(life, numbers)),
        _counted(health, numbers),
    ]
    return html.Td(parts, className="wraps")


def _counted(health: Health, numbers: Numbers) -> html.Small:
    """Return what was counted as failures and what was not."""
    said = {"minor": numbers.whole(health.minor), "unclassified": numbers.whole(health.unclassified)}
    return html.Small(t("maintenance.counted", numbers.lang, n=numbers.whole(health.failures), **said))


def _life(life: Life, numbers: Numbers) -> str:
    assert life.shape is not None
    low, mid, high = (numbers.decimal(part) for part in life.shape)
    return t("maintenance.life", numbers.lang, n=life.failures, low=low, mid=mid, high=high)


def _percent(share: float, numbers: Numbers) -> str:
    return f"{numbers.decimal(share * 100, 0)} %"


def _mttr(row: HealthRow, numbers: Numbers) -> html.Td:
    lang = numbers.lang
    stops = t("maintenance.mttr.stops", lang, mean=_mean(row.mttr_stops, numbers))
    orders = t("maintenance.mttr.orders", lang, mean=_mean(row.mttr_orders, numbers))
    return html.Td([html.Small(stops), html.Small(orders)], className="num")


def _mean(mean: Mean | None, numbers: Numbers) -> str:
    return NONE if mean is None else numbers.minutes(mean.value)
