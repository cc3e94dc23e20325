"""People on the administrators' page: who there is, one account opened, a new one."""

from dash import html
from dash.development.base_component import Component

from app.boards.admin import AdminBoard, PersonRow
from app.domain.roles import PEOPLE, Role
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.admin_parts import address, link, moment, place_boxes, role_field, submit, table, where
from layouts.components.live import field, marks, slot

LONGEST_NAME, LONGEST_PASSWORD = "64", "256"


def people(board: AdminBoard, numbers: Numbers) -> list[Component]:
    """Return the opened or new account above everybody."""
    lang, asked = numbers.lang, board.asked
    top: list[Component] = []
    if asked.add == "person":
        top = [_new(board, lang)]
    elif asked.person is not None:
        found = next((row for row in board.people if row.name == asked.person), None)
        top = [_nobody(lang) if found is None else _opened(found, board, lang)]
    return [*top, _everybody(board, numbers)]


def _everybody(board: AdminBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    add: list[Component] = []
    if board.asked.add != "person":
        add = [link(t("admin.add.person", lang), address("people", add="person"), "button button--main")]
    head = html.Div([html.H2(t("admin.tab.people", lang), className="card__title"), *add], className="admin__head")
    rows = [_row(row, board, numbers) for row in board.people]
    keys = ("name", "role", "scopes", "last_in", "state", "")
    foot = html.P(t("admin.foot.people", lang), className="quiet")
    return html.Section([head, table(keys, rows, lang), foot], className="card table-card")


def _row(row: PersonRow, board: AdminBoard, numbers: Numbers) -> html.Tr:
    lang = numbers.lang
    name: list[Component | str] = [html.B(row.name)]
    if row.is_you:
        name.append(html.Small(t("admin.you", lang)))
    last = t("admin.never", lang) if row.last_in is None else moment(numbers, row.last_in)
    return html.Tr(
        [
            html.Td(name),
            html.Td(t(f"role.{row.role.value}", lang)),
            html.Td(where(row.scopes, board.places, lang), className="wraps"),
            html.Td(last),
            html.Td(_state(row, lang)),
            html.Td(link(t("admin.change", lang), address("people", person=row.name)), className="admin__do"),
        ],
        **marks(person=row.name, opened="" if row.name == board.asked.person else None),
    )


def _state(row: PersonRow, lang: str) -> html.Span:
    word = "disabled" if row.disabled else "active"
    return html.Span(t(f"admin.state.{word}", lang), className="tag", **marks(state=word))


def _nobody(lang: str) -> html.Section:
    return html.Section([html.P(t("admin.no_such", lang)), _close(lang)], className="card admin__card")


def _close(lang: str) -> html.A:
    return link(t("admin.close", lang), address("people"), "button button--quiet")


def _head(words: str, lang: str) -> html.Div:
    return html.Div([html.H2(words, className="sheet__title"), _close(lang)], className="admin__head")


def _new(board: AdminBoard, lang: str) -> html.Section:
    name = slot("name", required="required", maxlength=LONGEST_NAME, autocomplete="off", spellcheck="false")
    fields = html.Div(
        [field(t("admin.name", lang), name), role_field(PEOPLE, Role.OPERATOR, lang), _password(lang)],
        className="admin__fields",
    )
    hint = html.P(t("admin.person.hint", lang), className="quiet")
    form = html.Form(
        [fields, place_boxes(board.places, (), lang), hint, submit(t("admin.add.person", lang))],
        className="admin__form",
        **marks(send="add_person"),
    )
    return html.Section([_head(t("admin.add.person", lang), lang), form], className="card admin__card", key=_key(board))


def _opened(row: PersonRow, board: AdminBoard, lang: str) -> html.Section:
    head = _head(row.name, lang)
    if row.is_you:
        return html.Section([head, html.P(t("admin.you.hint", lang))], className="card admin__card", key=_key(board))
    about = {"value_name": row.name}
    change = html.Form(
        [
            html.Div([role_field(PEOPLE, row.role, lang)], className="admin__fields"),
            place_boxes(board.places, row.scopes, lang),
            submit(t("admin.save", lang), **about),
        ],
        className="admin__form",
        **marks(send="change_person"),
    )
    password = html.Form(
        [
            _password(lang),
            html.Button(t("admin.password.set", lang), type="submit", className="button", **marks(**about)),
        ],
        className="admin__line",
        **marks(send="password_person"),
    )
    does = "enable" if row.disabled else "disable"
    door = html.Button(
        t(f"admin.{does}", lang), type="button", className="button", **marks(ask=f"{does}_person", **about)
    )
    return html.Section([head, change, password, door], className="card admin__card", key=_key(board))


def _password(lang: str) -> Component:
    typed = slot("password", "password", maxlength=LONGEST_PASSWORD, autocomplete="new-password")
    return html.Div(
        [field(t("admin.password", lang), typed), html.Small(t("admin.password.hint", lang), className="quiet")],
        className="admin__password",
    )


def _key(board: AdminBoard) -> str:
    """Drawn anew, nothing stays in its fields that somebody typed or chose for another account."""
    return f"{board.asked.person or board.asked.add}-{board.at}"
