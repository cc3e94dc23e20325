"""Work orders in four columns, with what may be done to each, and a form to make one."""

from dash import html
from dash.development.base_component import Component

from app.boards.maintenance import MaintenanceBoard, OrderCard, RecentStop
from app.domain.decisions.work import KINDS, LONGEST_TEXT, LONGEST_TITLE, LONGEST_WORK_MIN, PRIORITIES, USUAL_MIN, Step
from app.domain.suggestion import Said
from app.text.numbers import Numbers
from app.text.translate import has, t
from layouts.components.live import choices, field, marks, slot

COLUMNS = ("open", "planned", "in_work", "done")
LATEST_STEPS = 4


def work_board(board: MaintenanceBoard, lang: str) -> Component:
    """Return the columns."""
    numbers = Numbers(lang, board.zone)
    columns: list[Component] = []
    for state in COLUMNS:
        cards: list[Component] = [_card(card, board, numbers) for card in board.cards if card.order.state == state]
        nothing = html.P(t(f"maintenance.none.{state}", lang), className="quiet")
        title = html.H3(f"{t(f'maintenance.state.{state}', lang)} ({len(cards)})", className="column__title")
        columns.append(html.Div([title, *(cards or [nothing])], className="column", **marks(column=state)))
    heading = html.H2(t("maintenance.orders", lang), className="card__title")
    return html.Section([heading, html.Div(columns, className="columns")], className="card")


def _card(card: OrderCard, board: MaintenanceBoard, numbers: Numbers) -> html.Article:
    order, lang = card.order, numbers.lang
    title, why = said(order.proof.title, order.title, lang), said(order.proof.why, order.why, lang)
    about = f"{order.number} \u00b7 {card.line_name} \u203a {card.machine_name}"
    priority = t(f"maintenance.priority.{order.priority}", lang)
    parts: list[Component] = [
        html.Small(about),
        html.B(title),
        html.P(why, className="order__why"),
        html.Small(f"{priority} \u00b7 {t(f'maintenance.kind.{order.kind}', lang)} \u00b7 {_when(card, numbers)}"),
    ]
    if order.external_id is not None:
        parts.append(html.Small(f"{order.external_id} {order.external_status or ''}"))
    parts.append(_history(card, numbers))
    if order.stop is not None:
        parts.append(html.Small(t("maintenance.repairs", lang, at=_stop_at(order.stop, numbers))))
    acts = _moves(card, board, numbers) if board.may_work and order.state != "done" else []
    if board.may_make and order.stop is None:
        acts.append(_stops(card, board, numbers))
    if acts:
        parts.append(html.Div(acts, className="order__do"))
    return html.Article(parts, className="order", **marks(order=order.number, priority=order.priority))


def said(words: Said | None, otherwise: str, lang: str) -> str:
    """Return a suggestion's words in the reader's language, or what was written by hand."""
    return otherwise if words is None or not has(words.key) else t(words.key, lang, **words.fields)


def _when(card: OrderCard, numbers: Numbers) -> str:
    order, lang = card.order, numbers.lang
    if order.state == "done" and order.done_at is not None:
        took = numbers.minutes(order.minutes * 60_000)
        return t("maintenance.was_done", lang, at=numbers.moment(order.done_at), took=took, code=order.code or "")
    if order.state == "in_work":
        return t("maintenance.begun", lang, at=numbers.moment(order.started_at or order.changed_at))
    if card.slot is None:
        return t("maintenance.no_slot" if order.state == "open" else "maintenance.no_time", lang)
    key = "maintenance.proposed" if order.state == "open" else "maintenance.planned_for"
    said = t(key, lang, at=numbers.moment(card.slot.start))
    if card.in_change_over:
        said += t("maintenance.in_change_over", lang)
    if order.state == "planned" and order.change_over is not None:
        said += t("maintenance.goes_with", lang, order=order.change_over)
    return said + t("maintenance.costs", lang, time=numbers.minutes(card.costs_ms)) if card.costs_ms else said


def _history(card: OrderCard, numbers: Numbers) -> html.Details:
    rows = [html.Li(_step(step, numbers)) for step in card.steps[-LATEST_STEPS:]]
    return html.Details([html.Summary(t("maintenance.history", numbers.lang)), html.Ul(rows)], className="order__past")


def _step(step: Step, numbers: Numbers) -> str:
    told = {"stop": _stop_at, "moved": _moved_to}.get(step.what)
    detail = step.detail if told is None else told(step.detail, numbers)
    return f"{numbers.moment(step.at)} {step.by}: {t(f'maintenance.step.{step.what}', numbers.lang)} {detail}"


def _stop_at(stop: str, numbers: Numbers) -> str:
    """Return when a stop began, from its id."""
    return numbers.moment(int(stop.rpartition("@")[2]))


def _moved_to(detail: str, numbers: Numbers) -> str:
    """Return where the schedule moved an order: `UTC ms` and the production order whose change-over it goes with."""
    start, _, order = detail.partition(" ")
    return " \u00b7 ".join(part for part in (numbers.moment(int(start)), order) if part)


def _moves(card: OrderCard, board: MaintenanceBoard, numbers: Numbers) -> list[Component]:
    order, lang = card.order, numbers.lang
    of = {"value_number": order.number, "value_version": order.version}
    offered = {"open": ("plan", "start"), "planned": ("start",), "in_work": ()}.get(order.state, ())
    if card.slot is None:
        offered = tuple(what for what in offered if what != "plan")
    buttons: list[Component] = [
        html.Button(t(f"maintenance.do.{what}", lang), type="button", className="button", **marks(ask=what, **of))
        for what in (*offered, "cancel")
    ]
    chosen = {key: name for key, name in board.codes.items() if key == order.code}
    form = html.Form(
        [
            field(t("maintenance.code", lang), choices("code", {**chosen, **board.codes})),
            field(t("maintenance.minutes", lang), _minutes(order.minutes)),
            field(t("maintenance.note", lang), slot("note", maxlength=str(LONGEST_TEXT), autocomplete="off")),
            html.Button(t("maintenance.do.done", lang), type="submit", className="button button--main", **marks(**of)),
        ],
        className="issue__form",
        **marks(send="done"),
    )
    timing = [] if order.state == "in_work" else [_folded("plan_at", _timing(card, numbers), lang)]
    return [*buttons, *timing, _folded("done", form, lang)]


def _folded(what: str, form: html.Form, lang: str) -> html.Div:
    """Return a form behind a button of its own."""
    opened = html.Details([html.Summary(t(f"maintenance.open.{what}", lang), className="button"), form])
    return html.Div(opened, className="issue__close order__close", **marks(form=what))


def _timing(card: OrderCard, numbers: Numbers) -> html.Form:
    order, lang = card.order, numbers.lang
    chosen = {} if card.slot is None else {"value": numbers.stamp(card.slot.start)}
    of = {"value_number": order.number, "value_version": order.version, "value_machine": order.machine}
    parts = [
        field(t("maintenance.at", lang), slot("at", "datetime-local", required="1", **chosen)),
        html.P(t("maintenance.at.what", lang, time=numbers.minutes(order.minutes * 60_000)), className="quiet"),
        html.Button(t("maintenance.do.plan_at", lang), type="submit", className="button button--main", **marks(**of)),
    ]
    return html.Form(parts, className="issue__form", **marks(send="plan_at"))


def _stops(card: OrderCard, board: MaintenanceBoard, numbers: Numbers) -> Component:
    """Return the last unplanned stops of the machine to say which one the order repairs."""
    order, lang = card.order, numbers.lang
    offered = {stop.id: _stop(stop, numbers) for stop in board.stops.get(order.machine, ())}
    if not offered:
        return html.Small(t("maintenance.no_stops", lang), className="quiet")
    of = {"value_number": order.number, "value_version": order.version}
    parts = [
        field(t("maintenance.stop", lang), choices("stop", offered)),
        html.Button(t("maintenance.do.stop", lang), type="submit", className="button button--main", **marks(**of)),
    ]
    form = html.Form(parts, className="issue__form", **marks(send="stop"))
    return _folded("stop", form, lang)


def _stop(stop: RecentStop, numbers: Numbers) -> str:
    lang = numbers.lang
    lasted = t("maintenance.lasts", lang) if stop.ms is None else numbers.minutes(stop.ms)
    return f"{numbers.moment(stop.start)}, {lasted}, {stop.reason or t('downtime.unclassified', lang)}"


def _minutes(value: int) -> Component:
    return slot("minutes", "number", value=str(value), min="1", max=str(LONGEST_WORK_MIN), required="1")


def order_form(board: MaintenanceBoard, lang: str) -> html.Section:
    """Return the form that makes an order by hand."""
    priorities = {str(n): t(f"maintenance.priority.{n}", lang) for n in sorted(PRIORITIES, key=lambda n: n != 2)}
    kinds: dict[str, str] = {kind: t(f"maintenance.kind.{kind}", lang) for kind in KINDS}
    parts = [
        field(t("maintenance.head.machine", lang), choices("machine", board.machines)),
        field(t("maintenance.title", lang), slot("title", maxlength=str(LONGEST_TITLE), required="1")),
        field(t("maintenance.why", lang), slot("why", maxlength=str(LONGEST_TEXT), autocomplete="off")),
        field(t("maintenance.priority", lang), choices("priority", priorities)),
        field(t("maintenance.kind", lang), choices("kind", kinds)),
        field(t("maintenance.minutes", lang), _minutes(USUAL_MIN)),
        html.Button(t("maintenance.do.make", lang), type="submit", className="button button--main"),
    ]
    title = html.H2(t("maintenance.new", lang), className="card__title")
    return html.Section([title, html.Form(parts, className="mail", **marks(send="make"))], className="card")
