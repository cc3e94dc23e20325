"""What is wanted: the orders with where and when they end, and how new ones come in."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.schedule import OrderRow, ScheduleBoard
from app.domain.decisions.demand import COLUMNS, Wrong
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks

MOST_ROWS = 200
EXAMPLE = "order;product;quantity;due;priority\n{order};{product};12000;2027-01-15 14:00;2"


def order_table(board: ScheduleBoard, numbers: Numbers) -> html.Section:
    """Return the orders by due time; late ones say so."""
    lang = numbers.lang
    title = html.H2(t("schedule.orders", lang, n=len(board.orders)), className="card__title")
    if not board.orders:
        words = t("schedule.no_orders", lang) + (" " + t("schedule.no_orders.next", lang) if board.may_add else "")
        return html.Section([title, html.P(words, className="quiet")], className="card table-card")
    keys = ("order", "product", "quantity", "due", "ends", "line", "state")
    heads = [html.Th(t(f"schedule.{key}", lang), className="num" if key == "quantity" else "") for key in keys]
    body = [_row(row, board, numbers) for row in board.orders[:MOST_ROWS]]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--orders")
    parts: list[Component] = [title, html.Div(table, className="scroll")]
    if len(board.orders) > MOST_ROWS:
        parts.append(html.P(t("schedule.more_orders", lang, n=len(board.orders) - MOST_ROWS), className="quiet"))
    return html.Section(parts, className="card table-card")


def _row(row: OrderRow, board: ScheduleBoard, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    how = "late" if row.end is not None and row.end > row.due else "none" if row.end is None else "fine"
    where = NONE if row.line is None else board.names.get(row.line, row.line)
    about = html.Small(t("schedule.priority", lang, n=row.priority)) if row.priority > 1 else None
    kind = html.Small(t("schedule.forecast", lang)) if row.kind == "forecast" else None
    return html.Tr(
        [
            html.Td([html.B(row.order), about, kind]),
            html.Td(row.product),
            html.Td(numbers.whole(row.quantity), className="num"),
            html.Td(numbers.moment(row.due), className="num-left"),
            html.Td(_ends(row, numbers), className="num-left"),
            html.Td(where),
            html.Td(_state(row, how, lang)),
        ],
        **marks(order=row.order),
    )


def _ends(row: OrderRow, numbers: Numbers) -> list[Component | str]:
    if row.end is None or row.low is None:
        return [NONE]
    if row.low == row.end == row.high:
        return [numbers.moment(row.end), html.Small(t("schedule.no_band", numbers.lang))]
    high = "\u2026" if row.high is None else numbers.moment(row.high)
    return [numbers.moment(row.end), html.Small(f"{numbers.moment(row.low)} \u2013 {high}")]


def _state(row: OrderRow, how: str, lang: str) -> list[Component | str | None]:
    if row.state == "released":
        return [t("schedule.state.released", lang)]
    if how == "late":
        return [html.Span(t("schedule.late", lang), className="tag", **marks(how="late"))]
    if how == "none":
        return [t(row.why or "schedule.why.new", lang)]
    return [t("schedule.state.planned", lang)]


def demand_card(upload: str, board: ScheduleBoard, lang: str) -> html.Section:
    """Return how demand comes in: a file or pasted rows. upload: the id of the file's place."""
    place = dcc.Upload(
        html.Div(t("schedule.drop", lang), className="drop"), id=upload, max_size=2_000_000, className="drop__place"
    )
    file = html.Div(place, **marks(file_label=t("schedule.drop", lang)))
    example = EXAMPLE.format(order="A-1001", product="cola-05")
    area = html.Textarea(name="text", className="input paste-in", placeholder=example, rows=5, maxLength=2_000_000)
    send = html.Button(t("schedule.take", lang), type="submit", className="button")
    form = html.Form(
        [html.Label([html.Span(t("schedule.paste", lang)), area], className="field"), send], **marks(send="csv")
    )
    columns = html.P(t("schedule.columns", lang, columns=", ".join(COLUMNS)), className="quiet")
    title = html.Summary(t("schedule.demand", lang), className="card__title")
    inside = html.Details([title, file, form, columns], open=not board.orders)
    return html.Section(inside, className="card demand")


def wrong_rows(wrong: Sequence[Wrong], lang: str) -> html.Section | None:
    """Return the rows that were not taken, with what would be right; None: there are none."""
    if not wrong:
        return None
    items = [html.Li([html.B(_where(one, lang)), " ", t(one.what.key, lang, **one.what.fields)]) for one in wrong[:50]]
    title = html.H2(t("schedule.wrong", lang, n=len(wrong)), className="card__title")
    return html.Section([title, html.Ul(items, className="wrong")], className="card", role="alert")


def _where(one: Wrong, lang: str) -> str:
    parts = [t("schedule.row", lang, n=one.row)] if one.row else []
    return ", ".join([*parts, *([one.column] if one.column else [])]) + ":" if parts or one.column else ""
