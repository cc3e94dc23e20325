"""Reports: the address says of what, history answers."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.mail import Subscription
from app.boards.report import ReportBoard, ReportQuestion
from app.services import Invalid, Services
from app.text.numbers import Numbers
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.components.mail_card import mail_card
from layouts.frame import Ids as FrameIds
from layouts.manager.reports import Ids, Mine, layout, paper

Ask = dict[str, Any]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    lang, who = language(), services.user()
    mine = Mine(services.places(), services.mail.mine(who))
    return layout(head(services, t("page.reports", lang)), _board(services, search), mine, lang)


def show_result(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return the report again, and the subscriptions, when the choice in the address changes."""
    if path.rstrip("/") != "/reports":
        raise PreventUpdate
    board = _board(services, search)
    return paper(board, Numbers(language(), board.zone)), _mail(services, board)


def answer(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], list[Component]]:
    """Take a subscription to the place on the page, or one of theirs back; return what the toast says, and the card."""
    if not ask:
        raise PreventUpdate
    who, board = services.user(), _board(services, search)
    if ask["what"] == "unsubscribe":
        services.mail.unsubscribe(who.name, str(ask.get("place")), str(ask.get("rhythm")), who.name)
    else:
        wanted = Subscription(
            who.name,
            board.question.equipment,
            ask.get("rhythm", ""),
            str(ask.get("address", "")).strip(),
            str(ask.get("form")),
            language(),
            services.now(),
        )
        services.mail.subscribe(who, wanted, services.plant, who.name)
    title = "mail.unsubscribed" if ask["what"] == "unsubscribe" else "mail.subscribed"
    told = {"kind": "done", "key": ask["key"], "title": t(title, language()), "text": board.name}
    return told, _mail(services, board)


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
        Output(Ids.result, "children"),
        Output(Ids.mail, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(
        answer,
        Output(FrameIds.answer, "data", allow_duplicate=True),
        Output(Ids.mail, "children", allow_duplicate=True),
        Input(Ids.asks, "data"),
        State(FrameIds.url, "search"),
    )
