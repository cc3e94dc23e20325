"""Dialogs that put the record right: what stops were, what was miscounted, when an order ran, which shifts opened."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app.boards.amendments import Amendments
from app.boards.downtime import DowntimeBoard
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.dialog import dialog, foot
from layouts.components.live import choices, field, marks, slot
from layouts.figures.trend import shift_name

STATES = ("run", "stop", "setup", "starved", "blocked", "planned")


def edit_dialogs(board: DowntimeBoard, lang: str) -> list[Component]:
    """Return the dialogs of the downtime page for those who may edit."""
    numbers = Numbers(lang, board.zone)
    machines = {track.machine: track.name for track in board.tracks}
    found: list[Component] = [_stops(board, lang), _counts(board, machines, lang)]
    if board.amendments.line is not None:
        found += [_order(board, numbers, lang), _shifts(board.amendments, lang)]
    return found


def _stops(board: DowntimeBoard, lang: str) -> html.Dialog:
    """What the picked stops were; one of them may be split, several made one. assets/js/24-edit.js shows what fits."""
    planned = {"yes": t("downtime.planned.yes", lang), "no": t("downtime.planned.no", lang)}
    states = {state: t(f"edit.state.{state}", lang) for state in STATES}
    sends, take_back = marks(send="merge_stops", several=""), t("downtime.take_back", lang)
    merge = html.Button(t("edit.merge", lang), type="submit", className="button", **sends)
    return dialog(
        "edit",
        t("downtime.edit", lang),
        [
            html.P([t("downtime.editing", lang), " ", html.Strong(**marks(said=""))], className="quiet"),
            slot("stops", "hidden"),
            html.Div(
                [
                    field(t("line.reason", lang), choices("reason", _reasons(board), first=take_back)),
                    field(
                        t("downtime.planned", lang), choices("planned", planned, first=t("downtime.planned.as", lang))
                    ),
                ],
                className="two",
            ),
            html.Div(
                [
                    html.Div(field(t("edit.split", lang), slot("from", "time", step="1")), **marks(single="")),
                    html.Div(
                        field(t("edit.state", lang), choices("state", states, first=t("edit.state.none", lang))),
                        **marks(unknown=""),
                    ),
                ],
                className="two",
            ),
            field(t("downtime.note", lang), slot("note", maxlength="500", autocomplete="off")),
            foot(t("downtime.save", lang), lang, merge),
        ],
        lang,
        send="classify_many",
    )


def _counts(board: DowntimeBoard, machines: Mapping[str, str], lang: str) -> html.Dialog:
    numbers = [
        field(t(f"edit.{name}", lang), slot(name, "number", value="0", step="1", required="required"))
        for name in ("good", "reject", "rework")
    ]
    return dialog(
        "counts",
        t("edit.counts", lang),
        [
            html.P(t("edit.counts.hint", lang), className="quiet"),
            html.Div(
                [
                    field(t("downtime.col.machine", lang), choices("machine", machines)),
                    _moment("made_at", "edit.made_at", lang),
                ],
                className="two",
            ),
            html.Div(numbers, className="three"),
            field(t("line.reason", lang), choices("reason", _reasons(board), first=t("edit.no_reason", lang))),
            _why(lang),
            foot(t("downtime.save", lang), lang),
        ],
        lang,
        send="counts",
    )


def _order(board: DowntimeBoard, numbers: Numbers, lang: str) -> html.Dialog:
    runs = {}
    for run in reversed(board.amendments.runs):
        told = {"order": run.order}
        runs[f"start|{run.start}|{run.order}"] = t("edit.order.start", lang, at=numbers.moment(run.start), **told)
        if run.end is not None:
            runs[f"end|{run.end}|{run.order}"] = t("edit.order.end", lang, at=numbers.moment(run.end), **told)
    products = board.offered.products
    return dialog(
        "order",
        t("edit.order", lang),
        [
            slot("line", "hidden", value=board.amendments.line or ""),
            field(t("edit.order.which", lang), choices("which", runs)),
            html.Div(
                [
                    _moment("at", "edit.order.at", lang),
                    field(t("edit.product", lang), choices("product", products, first=t("edit.order.same", lang))),
                ],
                className="two",
            ),
            _why(lang),
            foot(t("downtime.save", lang), lang),
        ],
        lang,
        send="order",
    )


def _shifts(held: Amendments, lang: str) -> html.Dialog:
    boxes = [
        html.Label(
            [slot(f"shift|{name}", "checkbox", value="on"), html.Span(shift_name(name, lang))], className="check"
        )
        for name in held.shifts
    ]
    return dialog(
        "shifts",
        t("edit.shifts", lang),
        [
            html.P(t("edit.shifts.hint", lang), className="quiet"),
            slot("line", "hidden", value=held.line or ""),
            field(t("edit.shifts.date", lang), slot("date", "date", required="required")),
            html.Div(boxes, className="checks"),
            _why(lang),
            foot(t("downtime.save", lang), lang),
        ],
        lang,
        send="shifts",
    )


def _reasons(board: DowntimeBoard) -> dict[str, str]:
    return {key: f"{category} \u203a {name}" for key, (name, category) in board.offered.reasons.items()}


def _moment(name: str, key: str, lang: str) -> html.Label:
    return field(t(key, lang), slot(name, "datetime-local", step="1", required="required"))


def _why(lang: str) -> html.Label:
    return field(t("edit.why", lang), slot("note", maxlength="500", autocomplete="off", required="required"))
