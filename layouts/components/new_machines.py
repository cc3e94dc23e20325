"""Machines in commissioning: their signals live with their rules, what is open, and signing them off."""

from dash import html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueRow
from app.boards.commissioning import CommissioningBoard, Look, NewMachine
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import field, marks, slot
from layouts.components.signal_words import now_words, rule_words


def new_machines(board: CommissioningBoard, numbers: Numbers, *, may_care: bool) -> list[Component]:
    """Return what a source offers, if it was looked at, and each machine in commissioning."""
    lang = numbers.lang
    parts: list[Component] = []
    if board.problem is not None:
        parts.append(html.Section(html.P(board.problem), className="card table-card", role="alert"))
    if board.look is not None:
        parts.append(_look(board.look, lang))
    parts += [_machine(machine, board.at, numbers, may_care=may_care) for machine in board.machines]
    if not board.machines:
        words = [html.P(t("commissioning.none", lang)), html.P(t("commissioning.how", lang), className="quiet")]
        parts.append(html.Section(words, className="card table-card"))
    return parts


def _machine(machine: NewMachine, at: int | None, numbers: Numbers, *, may_care: bool) -> html.Section:
    lang = numbers.lang
    state = t("commissioning.ready", lang) if not machine.open_points else t("commissioning.not_yet", lang)
    head = html.Div(
        [
            html.H2([machine.name, " \u00b7 ", machine.line_name], className="card__title"),
            html.Span(state, className="tag", **marks(how="fine" if not machine.open_points else "broken")),
        ],
        className="new-machine__head",
    )
    heads = [html.Th(t(f"catalogue.{key}", lang)) for key in ("signal", "how", "now", "score", "rules")]
    body = [_signal(row, at, numbers) for row in machine.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--signals")
    parts: list[Component] = [head, html.Div(table, className="scroll")]
    if not machine.rows:
        parts[1] = html.P(t("commissioning.no_signals", lang), className="quiet")
    if may_care:
        parts.append(_actions(machine, lang))
    return html.Section(parts, className="card table-card", **marks(machine=machine.path))


def _signal(row: CatalogueRow, at: int | None, numbers: Numbers) -> html.Tr:
    lang, state = numbers.lang, row.state
    why = None if state.broken is None else html.Small(f"{t(f'rule.{state.broken}', lang)}: {state.detail}")
    return html.Tr(
        [
            html.Td([html.B(row.signal.id), html.Small(row.signal.meaning)]),
            html.Td([html.Span(t(f"catalogue.how.{state.how}", lang), className="tag", **marks(how=state.how)), why]),
            html.Td(now_words(row, at, numbers)),
            html.Td(NONE if state.score is None else numbers.percent(state.score)),
            html.Td(rule_words(row.signal, numbers), className="wraps"),
        ]
    )


def _actions(machine: NewMachine, lang: str) -> html.Div:
    of = {"value_machine": machine.path}
    do: list[Component] = []
    if machine.source is not None:
        href = f"/connections?tab=new&source={machine.source}"
        do.append(html.A(t("commissioning.look", lang), href=href, className="button", **marks(go="")))
    if not machine.open_points:
        sign = t("commissioning.sign", lang)
        do.append(html.Button(sign, type="button", className="button button--main", **marks(ask="sign", **of)))
    else:
        form = html.Form(
            [
                field(t("commissioning.although", lang), slot("although", maxlength="500", autocomplete="off")),
                html.Button(t("commissioning.sign", lang), type="submit", className="button", **marks(**of)),
            ],
            className="issue__form",
            **marks(send="sign"),
        )
        anyway = html.Summary(t("commissioning.sign_anyway", lang), className="button")
        do.append(html.Details([anyway, form], className="issue__close"))
    return html.Div(do, className="issue__do new-machine__do")


def _look(look: Look, lang: str) -> html.Section:
    title = t("commissioning.offers", lang, source=look.source, n=look.offered)
    rows = [
        html.Tr([html.Td(one.machine), html.Td(one.what), html.Td(html.Code(one.address)), html.Td(f"{one.sure:.0%}")])
        for one in look.suggestions
    ]
    rows += [
        html.Tr([html.Td(machine), html.Td(what), html.Td(t("commissioning.not_clear", lang)), html.Td(NONE)])
        for machine, what in look.missing
    ]
    heads = [html.Th(t(f"commissioning.{key}", lang)) for key in ("machine", "what", "address", "sure")]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table table--issues")
    parts: list[Component] = [html.H2(title, className="card__title"), html.Div(table, className="scroll")]
    if look.mapping:
        parts += [html.P(t("commissioning.paste", lang), className="quiet"), html.Pre(look.mapping, className="paste")]
    return html.Section(parts, className="card table-card", **marks(look=look.source))
