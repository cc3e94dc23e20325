"""Downtime: from lost points to the minute and the reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from app.boards.downtime import DowntimeBoard
from app.boards.maintenance import RepairOffer
from app.boards.period import Period
from app.text.numbers import Numbers
from app.text.translate import t
from layouts.components.amend_card import amend_card
from layouts.components.close_up import close_up_cards
from layouts.components.downtime_figures import losses_card, reliability_card, unexplained_share
from layouts.components.edit_dialogs import edit_dialogs
from layouts.components.live import field, picker
from layouts.components.other_card import other_card
from layouts.components.pagebox import PageHead, page_box
from layouts.components.pareto import bar_name, pareto_card
from layouts.components.period_fields import period_fields
from layouts.components.repair_card import repair_card
from layouts.components.states import blank
from layouts.components.stop_list import link_of, stops_card, tracks_card
from layouts.figures.trend import shift_name
from layouts.ids import PageIds

PERIODS = (1, 2, 7, 14, 28, 91)
NO_REASON = "unclassified"
LOOK_MS = 2_500


class Ids(PageIds, page="downtime"):
    """The page's own parts. filters, result, dialogs: what depends on the choice; asks: what people say."""

    filters: str
    result: str
    dialogs: str
    asks: str
    again: str


@dataclass(frozen=True, slots=True)
class Acts:
    """What a person may do here. repair: about the stop that is looked at closely, None: nothing."""

    may_edit: bool
    repair: RepairOffer | None = None


def layout(head: PageHead, board: DowntimeBoard, places: Mapping[str, str], lang: str, acts: Acts) -> html.Div:
    """Return the page; places: path -> name of what may be chosen."""
    result = html.Div(findings(board, lang, acts), id=Ids.result, className="downtime__result")
    again = dcc.Interval(id=Ids.again, interval=LOOK_MS, max_intervals=0)
    chosen = html.Section(filters(board, places, lang), id=Ids.filters, className="card filters")
    parts: list[Component | None] = [chosen, result, dcc.Store(id=Ids.asks), again]
    dialogs: list[Component] = edit_dialogs(board, lang) if acts.may_edit else []
    return page_box(head, "downtime", [*parts, html.Div(dialogs, id=Ids.dialogs)])


def filters(board: DowntimeBoard, places: Mapping[str, str], lang: str) -> list[Component]:
    """Return what may be chosen, as the address says it."""
    asked, offered, every = board.question, board.offered, t("shifts.all", lang)
    shifts = {key: shift_name(key, lang) for key in offered.shifts}
    reasons = {NO_REASON: t("downtime.unclassified", lang)} | {key: name for key, (name, _) in offered.reasons.items()}
    line = asked.equipment.rpartition("/")[0] if asked.equipment in offered.machines else asked.equipment
    found: list[Component] = [
        html.H1(t("downtime.title", lang), className="sheet__title"),
        field(t("downtime.place", lang), picker("of_place", places, line)),
    ]
    if offered.machines:
        machines = {line: t("downtime.whole_line", lang), **offered.machines}
        found.append(field(t("downtime.col.machine", lang), picker("of_place", machines, asked.equipment)))
    found += period_fields(asked.period or Period(asked.window), PERIODS, lang)
    found.append(field(t("shifts.only", lang), picker("only", shifts, asked.shift, first=every)))
    if offered.crews:
        found.append(field(t("downtime.crew", lang), picker("crew", offered.crews, asked.crew, first=every)))
    found += [
        field(t("shifts.product", lang), picker("product", offered.products, asked.product, first=every)),
        field(t("downtime.only_reason", lang), picker("reason", reasons, asked.reason, first=every)),
    ]
    return found


def findings(board: DowntimeBoard, lang: str, acts: Acts) -> list[Component]:
    """Return the answer for a choice."""
    if board.as_of is None:
        return [blank("no_history", lang, href="/downtime")]
    numbers, link = Numbers(lang, board.zone), link_of(board)
    close = [] if board.close_up is None else close_up_cards(board.close_up, link, numbers)
    if board.close_up is not None and acts.repair is not None:
        close.insert(1, repair_card(acts.repair, board.close_up.stop, lang))
    return [
        *close,
        losses_card(board, numbers),
        pareto_card(board, numbers, lang),
        tracks_card(t("downtime.timeline", lang), (board.tracks, board.span), link, numbers, lang),
        stops_card(board, numbers, lang, may_edit=acts.may_edit),
        *other_card(board, numbers),
        reliability_card(board, numbers),
        _habits(board, numbers, lang),
        amend_card(board.amendments, numbers, lang, may_edit=acts.may_edit),
    ]


def _habits(board: DowntimeBoard, numbers: Numbers, lang: str) -> html.Section:
    offenders = [
        html.Li([bar_name(bar, lang), html.Small(t("downtime.times", lang, n=bar.count, ms=numbers.minutes(bar.ms)))])
        for bar in board.offenders
    ]
    shares = [
        html.Li(
            [
                share.key if share.is_crew else shift_name(share.key, lang),
                unexplained_share(board, share, numbers),
            ]
        )
        for share in board.shares
    ]
    nothing = html.P(t("downtime.none", lang), className="quiet")
    return html.Section(
        [
            html.H2(t("downtime.offenders", lang), className="card__title"),
            html.Ul(offenders, className="plain") if offenders else nothing,
            html.H2(t("downtime.unexplained", lang), className="card__title"),
            html.Ul(shares, className="plain") if shares else nothing,
        ],
        className="card",
    )
