"""Reports: the address says of what, history answers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.files import FileQuestion
from app.boards.mail import Subscription
from app.boards.report import ReportBoard, ReportQuestion
from app.domain.roles import in_scope
from app.services import Invalid, Services
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.files_card import Shown, files_list, is_any_open
from layouts.components.mail_card import mail_card
from layouts.frame import Ids as FrameIds
from layouts.manager.reports import Ids, Mine, filters, layout, paper

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang, who = language(), services.user()
    mine = Mine(services.places(), services.mail.mine(who), services.files.mine(who), _shown(services))
    return layout(head(services, t("page.reports", lang)), _board(services, search), mine, lang)


def show_result(services: Services, search: str, path: str) -> tuple[list[Component], list[Component], list[Component]]:
    """Return the choice, the report and the subscriptions again when the address changes."""
    if path.rstrip("/") != "/reports":
        raise PreventUpdate
    board = _board(services, search)
    choice = filters(board, services.places(), language())
    return choice, paper(board, Numbers(language(), board.zone)), _mail(services, board)


def answer(
    services: Services, ask: Ask | None, search: str
) -> tuple[dict[str, object], list[Component], list[Component], bool]:
    """Do what was asked; return what the toast says, the subscriptions, the files, and whether to stop looking."""
    if not ask or ask["what"] not in DOES:
        raise PreventUpdate
    board = _board(services, search)
    title = DOES[ask["what"]](services, ask, board)
    told = {"kind": "done", "key": ask["key"], "title": t(title, language()), "text": ""}
    return told, _mail(services, board), *show_files(services, None)


def show_files(services: Services, looked: int | None) -> tuple[list[Component], bool]:
    """Return the long exports and whether to stop looking: none is being made."""
    jobs, shown = services.files.mine(services.user()), _shown(services)
    return files_list(jobs, shown, Numbers(language(), services.plant.sites[0].zone)), not is_any_open(jobs)


def _subscribe(services: Services, ask: Ask, board: ReportBoard) -> str:
    who = services.user()
    address, form = str(ask.get("address", "")).strip(), str(ask.get("form"))
    said = (who.name, board.question.equipment, ask.get("rhythm", ""), address, form, language(), services.now())
    services.mail.subscribe(who, Subscription(*said), services.plant, who.name)
    return "mail.subscribed"


def _unsubscribe(services: Services, ask: Ask, _: ReportBoard) -> str:
    who = services.user().name
    services.mail.unsubscribe(who, str(ask.get("place")), str(ask.get("rhythm")), who)
    return "mail.unsubscribed"


def _ask_file(services: Services, ask: Ask, _: ReportBoard) -> str:
    place, rows, first, last, form = (ask.get(name, "") for name in ("place", "rows", "first", "last", "form"))
    asked = FileQuestion(place, rows, first, last, form, language())
    services.files.ask(services.user(), asked, services.plant)
    return "files.asked"


def _drop_file(services: Services, ask: Ask, _: ReportBoard) -> str:
    services.files.drop(services.user(), str(ask.get("file")))
    return "files.dropped"


DOES: dict[str, Callable[[Services, Ask, ReportBoard], str]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "file": _ask_file,
    "drop": _drop_file,
}
"""What may be asked -> what does it and returns the text key of what to say."""


def _shown(services: Services) -> Shown:
    """Return what long exports are offered: places, whole sites too where all of one is theirs; the last month."""
    sites = {site.path: site.name for site in services.tree() if in_scope(services.user(), site.path)}
    today = datetime.fromtimestamp(services.now() / 1000, ZoneInfo(services.plant.sites[0].zone)).date()
    last = today.replace(day=1) - timedelta(days=1)
    return Shown({**sites, **services.places()}, last.replace(day=1).isoformat(), last.isoformat())


def _mail(services: Services, board: ReportBoard) -> list[Component]:
    mine, numbers = services.mail.mine(services.user()), Numbers(language(), board.zone)
    return mail_card(mine, board.question.equipment, services.places(), numbers)


def _board(services: Services, search: str) -> ReportBoard:
    """Return the report of the address; a day or shift there is not is as on the first visit."""
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    place = said.get("of_place") or next(iter(services.places()), "")
    try:
        return services.report(ReportQuestion(place, said.get("date", ""), said.get("shift") or None))
    except Invalid:
        return services.report(ReportQuestion(place))


def register(wire: Wire) -> None:
    """The choice lives in the address; changing it draws the report again, never the page."""
    wire(
        show_result,
        Output(Ids.filters, "children"),
        Output(Ids.result, "children"),
        Output(Ids.mail, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.mail, "children", allow_duplicate=True),
        Output(Ids.files, "children", allow_duplicate=True),
        Output(Ids.look, "disabled", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
    wire(
        show_files,
        Output(Ids.files, "children"),
        Output(Ids.look, "disabled"),
        Input(Ids.look, "n_intervals"),
    )
