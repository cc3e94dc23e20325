"""A stop's repair: the orders that name it, or a form that names it in one of its machine's orders or in a new one."""

from dash import html
from dash.development.base_component import Component

from app.boards.maintenance import RepairOffer
from app.boards.stops import StopRow
from app.domain.decisions.work import LONGEST_TITLE, WorkOrder
from app.text.translate import t
from layouts.components.live import choices, field, marks, slot
from layouts.components.work_board import said


def repair_card(offer: RepairOffer, stop: StopRow, lang: str) -> html.Section:
    """Return the card of a stop that is looked at closely."""
    title = html.H2(t("downtime.repair", lang), className="card__title")
    told = [html.P(html.A(_name(order, lang), href=f"/maintenance?of_place={order.machine}"))
            for order in offer.repaired_by]  # fmt: skip
    content: list[Component] = list(told) if told else [_form(offer, stop, lang)]
    return html.Section([title, *content], className="card table-card", **marks(repair=offer.stop))


def _form(offer: RepairOffer, stop: StopRow, lang: str) -> html.Form:
    orders = {f"{order.number}|{order.version}": _name(order, lang) for order in offer.orders}
    what = t("downtime.repair.title", lang, reason=stop.reason_name or t("downtime.unclassified", lang))
    parts = [
        field(t("downtime.repair.order", lang), choices("order", orders, first=t("downtime.repair.new", lang))),
        field(t("maintenance.title", lang), slot("title", value=what[:LONGEST_TITLE], maxlength=str(LONGEST_TITLE))),
        html.Button(t("downtime.repair.do", lang), type="submit", className="button", **marks(value_stop=offer.stop)),
    ]
    return html.Form(parts, className="mail", **marks(send="repair"))


def _name(order: WorkOrder, lang: str) -> str:
    title = said(order.proof.title, order.title, lang)
    return f"{order.number} \u00b7 {title} \u00b7 {t(f'maintenance.state_of.{order.state}', lang)}"
