"""Reports by e-mail: what a person gets, how the last letter went, and a form to ask for more."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app.boards.mail import ATTACHED, RHYTHMS, Letter, MyMail, Subscription
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot


def mail_card(mine: MyMail, place: str, places: Mapping[str, str], numbers: Numbers) -> list[Component]:
    """Return what is in the card. place: path of the report on the page; places: path -> name of theirs."""
    lang = numbers.lang
    head = html.H2(t("mail.title", lang), className="card__title")
    if not mine.is_on:
        return [head, html.P(t("mail.off", lang), className="quiet")]
    rows = [_row(wanted, letter, places, numbers) for wanted, letter in mine.subscriptions]
    heads = [html.Th(t(f"mail.head.{key}", lang)) for key in ("place", "rhythm", "form", "address", "last")]
    table = html.Table([html.Thead(html.Tr([*heads, html.Th()])), html.Tbody(rows)], className="table")
    kept = [html.Div(table, className="scroll")] if rows else []
    return [head, *kept, _form(mine, places.get(place, place), lang)]


def _row(wanted: Subscription, letter: Letter | None, places: Mapping[str, str], numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    stop = marks(ask="unsubscribe", value_place=wanted.equipment, value_rhythm=wanted.rhythm)
    cells = (
        places.get(wanted.equipment, wanted.equipment),
        t(f"mail.rhythm.{wanted.rhythm}", lang),
        t(f"report.as.{wanted.form}", lang),
        wanted.address,
        _last(letter, numbers),
    )
    button = html.Button(t("mail.unsubscribe", lang), type="button", className="button button--quiet", **stop)
    return html.Tr([*(html.Td(cell) for cell in cells), html.Td(button, className="num")])


def _last(letter: Letter | None, numbers: Numbers) -> str:
    """Return how the last letter went, with the mail server's own words where it did not go."""
    if letter is None:
        return t("mail.state.none", numbers.lang)
    state = t(f"mail.state.{letter.state}", numbers.lang)
    when = numbers.moment(letter.sent_at) if letter.sent_at else f"{letter.date} {letter.shift or ''}".strip()
    return f"{when}: {state}" + (f" ({letter.answer})" if letter.answer else "")


def _form(mine: MyMail, name: str, lang: str) -> html.Form:
    rhythms: dict[str, str] = {key: t(f"mail.rhythm.{key}", lang) for key in RHYTHMS}
    forms = {key: t(f"report.as.{key}", lang) for key in ATTACHED}
    address = slot("address", "email", value=mine.address, required="1", maxlength="254", autocomplete="email")
    parts = [
        field(t("mail.address", lang), address),
        field(t("mail.rhythm", lang), choices("rhythm", rhythms)),
        field(t("mail.form", lang), choices("form", forms)),
        html.Button(t("mail.subscribe", lang, place=name), type="submit", className="button button--main"),
    ]
    return html.Form(parts, className="mail", **marks(send="subscribe"))
