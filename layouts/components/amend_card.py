"""What people changed of the record: who, when, what and why, and what it moved between planned and unplanned."""

from dash import html
from dash.development.base_component import Component

from app.boards.amendments import Amendment, Amendments
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import marks

COLUMNS = ("at", "by", "where", "begins", "what", "note")


def amend_card(held: Amendments, numbers: Numbers, lang: str, *, may_edit: bool) -> html.Section:
    """Return the card; with the ways to put more right for those who may."""
    shown = t("downtime.shown", lang, n=len(held.rows), all=held.count)
    title = [html.Span(t("amend.title", lang)), html.Small(shown, className="quiet")]
    content: list[Component] = [html.H2(title, className="card__title")]
    content += [_moved(held, numbers, lang), _table(held, numbers, lang)]
    if may_edit:
        doors = ["counts"] + (["order", "shifts"] if held.line is not None else [])
        content.append(html.Div([_door(door, lang) for door in doors], className="doors"))
    return html.Section(content, className="card table-card")


def _door(name: str, lang: str) -> html.Button:
    return html.Button(t(f"edit.{name}", lang), type="button", className="button", **marks(open=name))


def _moved(held: Amendments, numbers: Numbers, lang: str) -> Component:
    if not held.moved:
        return html.P(t("amend.nothing_moved", lang), className="quiet")
    words = [
        t(
            "amend.moved",
            lang,
            week=week.week,
            planned=numbers.minutes(week.to_planned),
            unplanned=numbers.minutes(week.to_unplanned),
        )
        for week in held.moved
    ]
    return html.Ul([html.Li(word) for word in words], className="plain")


def _table(held: Amendments, numbers: Numbers, lang: str) -> Component:
    if not held.rows:
        return html.P(t("downtime.nobody", lang), className="quiet")
    heads = html.Tr([html.Th(t(f"amend.{column}", lang)) for column in COLUMNS])
    body = html.Tbody([_row(row, numbers) for row in held.rows])
    return html.Div(html.Table([html.Thead(heads), body], className="table"), className="scroll")


def _row(row: Amendment, numbers: Numbers) -> html.Tr:
    cells = (numbers.moment(row.at), row.by, row.where, numbers.moment(row.begins), row.what, row.note or "")
    return html.Tr([html.Td(cell) for cell in cells])
