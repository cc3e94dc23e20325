"""Work that is due by run time or cycles: how far each plan is, when it is due, and a form for another."""

from dash import html
from dash.development.base_component import Component

from app.boards.maintenance import MaintenanceBoard
from app.domain.decisions.work import LONGEST_TITLE, LONGEST_WORK_MIN, USUAL_MIN, Due
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot

HEADS = ("machine", "task", "every", "used", "due", "do")


def plan_list(board: MaintenanceBoard, lang: str) -> html.Section:
    """Return the plans, most urgent first."""
    numbers = Numbers(lang, board.zone)
    parts: list[Component] = [html.H2(t("maintenance.plans", lang), className="card__title")]
    if board.plans:
        heads = html.Tr([html.Th(t(f"maintenance.head.{key}", lang)) for key in HEADS])
        rows = html.Tbody([_row(found, board, numbers) for found in board.plans])
        parts.append(html.Div(html.Table([html.Thead(heads), rows], className="table"), className="scroll"))
    else:
        parts.append(html.P(t("maintenance.no_plans", lang), className="quiet"))
    return html.Section([*parts, *([_form(board, lang)] if board.may_work else [])], className="card table-card")


def _row(found: Due, board: MaintenanceBoard, numbers: Numbers) -> html.Tr:
    plan, lang = found.plan, numbers.lang
    if plan.every_run_h is not None:
        every = t("maintenance.every.hours", lang, n=numbers.decimal(plan.every_run_h, 0))
    else:
        every = t("maintenance.every.cycles", lang, n=numbers.whole(plan.every_cycles))
    at = t("maintenance.not_running", lang) if found.at is None else numbers.moment(found.at)
    if found.used >= 1:
        at = t("maintenance.due_now", lang)
    buttons = [
        html.Button(
            t(f"maintenance.do.{what}", lang),
            type="button",
            className="button",
            **marks(ask=what, value_plan=plan.id),
        )
        for what in ("plan_done", "plan_drop")
    ]
    cells: list[Component] = [
        html.Td(board.machines.get(plan.machine, plan.machine)),
        html.Td([plan.task, html.Small(numbers.minutes(plan.minutes * 60_000))], className="wraps"),
        html.Td(every),
        html.Td(numbers.percent(found.used), className="num"),
        html.Td(at, **marks(health="bad" if found.used >= 1 else None)),
        html.Td(html.Div(buttons if board.may_work else [], className="order__do")),
    ]
    return html.Tr(cells, **marks(plan=plan.id))


def _form(board: MaintenanceBoard, lang: str) -> html.Form:
    units = {unit: t(f"maintenance.unit.{unit}", lang) for unit in ("hours", "cycles")}
    parts = [
        field(t("maintenance.head.machine", lang), choices("machine", board.machines)),
        field(t("maintenance.head.task", lang), slot("task", maxlength=str(LONGEST_TITLE), required="1")),
        field(t("maintenance.head.every", lang), slot("every", "number", value="500", min="1", required="1")),
        field(t("maintenance.unit", lang), choices("unit", units)),
        field(
            t("maintenance.minutes", lang),
            slot("minutes", "number", value=str(USUAL_MIN), min="1", max=str(LONGEST_WORK_MIN), required="1"),
        ),
        html.Button(t("maintenance.do.add_plan", lang), type="submit", className="button"),
    ]
    return html.Form(parts, className="mail", **marks(send="add_plan"))
