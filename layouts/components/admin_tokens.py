"""Tokens of programs and displays on the administrators' page, and a secret shown once."""

from dash import html
from dash.development.base_component import Component

from app.boards.admin import DAYS, TOKEN_ROLES, AdminBoard, Secret, TokenRow
from app.domain.roles import Role
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.admin_parts import address, link, moment, named, role_field, submit, table, where
from layouts.components.live import aria, choices, field, marks, slot

LONGEST_NAME = "64"
KINDS = ("api", "display")


def tokens(board: AdminBoard, numbers: Numbers) -> list[Component]:
    """Return the form of a new one above all there are."""
    add = board.asked.add
    top: list[Component] = [_new(add, board, numbers.lang)] if add in KINDS else []
    return [*top, _all(board, numbers)]


def secret_dialog(secret: Secret, store: str, lang: str) -> html.Dialog:
    """Return the dialog of a secret; assets/js/29-secret.js opens it, and empties `store`'s place when it closes."""
    title = t(f"admin.secret.{secret.kind}", lang, name=secret.name)
    is_address = secret.path is not None
    shown = f"{secret.path}{'&' if '?' in secret.path else '?'}token={secret.text}" if secret.path else secret.text
    code = html.Code(shown, className="once__text", **marks(once_text="address" if is_address else "plain"))
    buttons = [
        html.Button(
            t("admin.copy", lang), type="button", className="button", **marks(copy="", copied=t("admin.copied", lang))
        ),
        html.Button(t("admin.secret.done", lang), type="button", className="button button--main", **marks(close="")),
    ]
    what = html.P(t(f"admin.secret.{secret.kind}.what", lang, name=secret.name))
    inside = [html.H2(title, className="sheet__title"), what, code, html.Div(buttons, className="sheet__foot")]
    return html.Dialog(html.Div(inside, className="sheet"), **marks(secret=store), **aria(label=title))


def _all(board: AdminBoard, numbers: Numbers) -> html.Section:
    lang = numbers.lang
    adds = [
        link(t(f"admin.add.{kind}", lang), address("tokens", add=kind)) for kind in KINDS if kind != board.asked.add
    ]
    head = html.Div(
        [html.H2(t("admin.tab.tokens", lang), className="card__title"), html.Div(adds, className="admin__adds")],
        className="admin__head",
    )
    keys = ("name", "kind", "scopes", "created", "last_used", "expires", "state", "")
    rows = [_row(row, board, numbers) for row in board.tokens]
    body = table(keys, rows, lang) if rows else html.P(t("admin.no_tokens", lang))
    foot = html.P(t("admin.foot.tokens", lang), className="quiet")
    return html.Section([head, body, foot], className="card table-card")


def _row(row: TokenRow, board: AdminBoard, numbers: Numbers) -> html.Tr:
    lang, state = numbers.lang, row.state(board.at)
    kind = "display" if row.role is Role.DISPLAY else "api"
    words: list[Component | str] = [t(f"admin.kind.{kind}", lang)]
    if kind == "api":
        words.append(html.Small(t(f"role.{row.role.value}", lang)))
    used = t("admin.never", lang) if row.last_used is None else moment(numbers, row.last_used)
    until = t("admin.no_end", lang) if row.expires is None else numbers.full_date(row.expires)
    press = marks(ask="revoke_token", value_id=row.id)
    revoke = html.Button(t("admin.revoke", lang), type="button", className="button", **press)
    return html.Tr(
        [
            html.Td(html.B(row.name)),
            html.Td(words),
            html.Td(where(row.scopes, board.places, lang), className="wraps"),
            html.Td([moment(numbers, row.created), html.Small(row.by or t("admin.not_known", lang))]),
            html.Td(used),
            html.Td(until),
            html.Td(html.Span(t(f"admin.state.{state}", lang), className="tag", **marks(state=state))),
            html.Td(revoke if state == "active" else None, className="admin__do"),
        ],
        **marks(token=row.id),
    )


def _new(kind: str, board: AdminBoard, lang: str) -> html.Section:
    title = t(f"admin.add.{kind}", lang)
    close = link(t("admin.close", lang), address("tokens"), "button button--quiet")
    head = html.Div([html.H2(title, className="sheet__title"), close], className="admin__head")
    label = t("admin.name.token" if kind == "api" else "admin.name.display", lang)
    days = choices("days", {one: t(f"admin.days.{one}", lang) for one in DAYS}, first=t("admin.days.none", lang))
    fields: list[Component] = [
        field(label, slot("name", required="required", maxlength=LONGEST_NAME, autocomplete="off", spellcheck="false")),
        field(t("admin.scopes" if kind == "api" else "admin.shows", lang), choices("scope", named(board.places, lang))),
        field(t("admin.valid", lang), days),
    ]
    if kind == "api":
        fields.insert(1, role_field(TOKEN_ROLES, Role.ENGINEER, lang))
    form = html.Form(
        [html.Div(fields, className="admin__fields"), submit(t("admin.make", lang))],
        className="admin__form",
        **marks(send=f"make_{kind}"),
    )
    return html.Section([head, form], className="card admin__card", key=f"{kind}-{board.at}")
