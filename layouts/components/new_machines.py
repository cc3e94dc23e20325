"""Machines in commissioning: their signals live with their rules, what is open, and signing them off."""

from dash import html
from dash.development.base_component import Component

from app.boards.catalogue import CatalogueRow
from app.boards.commissioning import CommissioningBoard, Look, NewMachine
from app.text.details import detail
from app.text.numbers import NONE, Numbers
from app.text.translate import t
from layouts.components.live import marks
from layouts.components.signal_words import now_words, rule_words


def offers(board: CommissioningBoard, lang: str, *, may_care: bool) -> list[Component]:
    """Return what a source offers, if it was looked at, or why it cannot be."""
    if board.problem is not None:
        return [html.Section(html.P(board.problem), className="card table-card", role="alert")]
    return [] if board.look is None else [_look(board.look, lang, may_care=may_care)]


def new_machines(board: CommissioningBoard, numbers: Numbers, *, may_care: bool) -> list[Component]:
    """Return each machine in commissioning as it is now."""
    lang = numbers.lang
    words = [html.P(t("commissioning.none", lang)), html.P(t("commissioning.how", lang), className="quiet")]
    shown = [_machine(machine, board.at, numbers, may_care=may_care) for machine in board.machines]
    return [*(shown or [html.Section(words, className="card table-card")]), *_signed(board, numbers)]


def _signed(board: CommissioningBoard, numbers: Numbers) -> list[Component]:
    """Return since when those that were signed off count, the newest first; hours before stay outside totals."""
    lang = numbers.lang
    if not board.signed:
        return []
    rows = [
        html.Li(f"{one.name} \u00b7 {one.line_name}: {t('line.counts_since', lang)} {numbers.moment(one.since)}")
        for one in sorted(board.signed, key=lambda one: (-one.since, one.path))
    ]
    title = html.H2(t("commissioning.signed", lang), className="card__title")
    foot = html.P(t("commissioning.signed.what", lang), className="quiet")
    return [html.Section([title, html.Ul(rows), foot], className="card table-card")]


def _machine(machine: NewMachine, at: int | None, numbers: Numbers, *, may_care: bool) -> html.Section:
    lang = numbers.lang
    head = html.Div(
        [html.H2([machine.name, " \u00b7 ", machine.line_name], className="card__title"), *_steps(machine, lang)],
        className="new-machine__head",
    )
    heads = [html.Th(t(f"catalogue.{key}", lang)) for key in ("signal", "how", "now", "score", "rules")]
    body = [_signal(row, at, numbers) for row in machine.rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="table table--signals")
    parts: list[Component] = [head, html.Div(table, className="scroll")]
    if not machine.rows:
        parts[1] = html.P(t("commissioning.no_signals", lang), className="quiet")
    parts.append(_actions(machine, lang, may_care=may_care))
    return html.Section(parts, className="card table-card", **marks(machine=machine.path))


def _steps(machine: NewMachine, lang: str) -> list[html.Span]:
    """Return how far it is: a source, heard, rules, ready to be signed; each said in words."""
    count = len(machine.rows)
    heard = sum(row.state.heard is not None for row in machine.rows)
    fine = sum(row.state.how == "fine" for row in machine.rows)
    is_ready = not machine.open_points
    source = t("commissioning.no_speaker", lang) if machine.source is None else machine.source
    said = (
        (t("commissioning.step.source", lang, source=source), machine.source is not None),
        (t("commissioning.step.heard", lang, n=heard, all=count), heard == count > 0),
        (t("commissioning.step.rules", lang, n=fine, all=count), fine == count > 0),
        (t("commissioning.ready" if is_ready else "commissioning.not_yet", lang), is_ready),
    )
    return [html.Span(words, className="tag", **marks(how="fine" if done else "never")) for words, done in said]


def _signal(row: CatalogueRow, at: int | None, numbers: Numbers) -> html.Tr:
    lang, state = numbers.lang, row.state
    why = (
        None if state.broken is None else html.Small(f"{t(f'rule.{state.broken}', lang)}: {detail(state.detail, lang)}")
    )
    return html.Tr(
        [
            html.Td([html.B(row.signal.id), html.Small(row.signal.meaning)]),
            html.Td([html.Span(t(f"catalogue.how.{state.how}", lang), className="tag", **marks(how=state.how)), why]),
            html.Td(now_words(row, at, numbers)),
            html.Td(NONE if state.score is None else numbers.percent(state.score)),
            html.Td(rule_words(row.signal, numbers), className="wraps"),
        ]
    )


def _actions(machine: NewMachine, lang: str, *, may_care: bool) -> html.Div:
    do: list[Component] = []
    if may_care and not machine.open_points:
        sign = t("commissioning.sign", lang)
        of = {"value_machine": machine.path}
        do.append(html.Button(sign, type="button", className="button button--main", **marks(ask="sign", **of)))
    if may_care and machine.source is not None:
        href = f"/commissioning?source={machine.source}"
        do.append(html.A(t("commissioning.look", lang), href=href, className="button", **marks(go="")))
    do.append(html.A(t("commissioning.line", lang), href=f"/line/{machine.line}", className="button", **marks(go="")))
    return html.Div(do, className="issue__do new-machine__do")


def _look(look: Look, lang: str, *, may_care: bool) -> html.Section:
    title = t("commissioning.offers", lang, source=look.source, n=look.offered, known=look.known)
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
    all_known = html.P(t("commissioning.all_known", lang), className="quiet")
    shown = html.Div(table, className="scroll") if rows else all_known
    parts: list[Component] = [html.H2(title, className="card__title"), shown]
    if look.mapping and may_care:
        take = t("commissioning.take", lang)
        of = {"value_source": look.source}
        parts.append(html.Button(take, type="button", className="button button--main", **marks(ask="take", **of)))
    if look.mapping:
        paste = html.Summary(t("commissioning.paste", lang), className="quiet")
        parts.append(html.Details([paste, html.Pre(look.mapping, className="paste")]))
    return html.Section(parts, className="card table-card", **marks(look=look.source))
