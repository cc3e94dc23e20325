"""The shift handover: the address says of which line and shift; edited and signed by whoever may at the line."""

from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.handover import HandoverBoard
from app.domain.roles import Permission, may
from app.services import NotFound, Services
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.frame import Ids as FrameIds
from layouts.operator.handover import Ids, filters, items, layout, sheet

Ask = dict[str, Any]
Told = dict[str, object]
Seen = dict[str, str]


def page(services: Services, search: str) -> html.Div:
    """Return the page for the choice in the address."""
    board, lang = _board(services, search), language()
    title = head(services, t("page.handover", lang))
    return layout(title, board, _lines(services), lang, may_sign=_may_sign(services, board))


def show_choice(services: Services, search: str, path: str) -> tuple[list[Component], list[Component]]:
    """Return filters and sheet again when the choice changes."""
    if path.rstrip("/") != "/handover":
        raise PreventUpdate
    board, lang = _board(services, search), language()
    return filters(board, _lines(services), lang), sheet(board, lang, may_sign=_may_sign(services, board))


def strike(services: Services, ask: Ask | None, seen: Seen) -> tuple[Told, list[Component]]:
    """Leave a sentence out or take it in again; the note somebody is writing stays as it is."""
    if not ask or ask["what"] not in ("strike", "keep"):
        raise PreventUpdate
    desk, who = services.loop.people.handover, services.user()
    desk.strike(who, seen["line"], seen["shift"], str(ask.get("item", "")))
    shown = items(desk.board(who, seen["line"], seen["shift"]), language(), may_sign=True)
    return _told(ask["what"], ask["key"]), shown


def look_again(services: Services, looked: int | None, seen: Seen) -> list[Component]:
    """Return the sentences as they are by now; the note somebody is writing stays as it is."""
    board = services.loop.people.handover.board(services.user(), seen["line"], seen["shift"])
    if not looked or board.handover is None or board.handover.signed_at is not None:
        raise PreventUpdate
    return items(board, language(), may_sign=_may_sign(services, board))


def save(services: Services, clicks: int | None, note: str | None, seen: Seen) -> tuple[Told, Seen]:
    """Keep the note of the draft."""
    if not clicks:
        raise PreventUpdate
    desk = services.loop.people.handover
    desk.note(services.user(), seen["line"], seen["shift"], note or "", seen["note"])
    return _told("note"), {**seen, "note": (note or "").strip()}


def sign(services: Services, clicks: int | None, note: str | None, seen: Seen) -> tuple[Told, list[Component]]:
    """Sign the shift's handover and show it as signed."""
    if not clicks:
        raise PreventUpdate
    desk = services.loop.people.handover
    desk.sign(services.user(), seen["line"], seen["shift"], note or "", seen["note"])
    return _told("sign"), _again(services, seen)


def add(services: Services, clicks: int | None, text: str | None, seen: Seen) -> tuple[Told, list[Component]]:
    """Add words to what was signed."""
    if not clicks:
        raise PreventUpdate
    services.loop.people.handover.add(services.user(), seen["line"], seen["shift"], text or "")
    return _told("add"), _again(services, seen)


def _again(services: Services, seen: Seen) -> list[Component]:
    board = services.loop.people.handover.board(services.user(), seen["line"], seen["shift"])
    return sheet(board, language(), may_sign=True)


def _board(services: Services, search: str) -> HandoverBoard:
    said = {key: values[-1] for key, values in parse_qs(search.lstrip("?")).items()}
    lines = _lines(services)
    place = said.get("of_place") or next(iter(lines), "")
    shift = said.get("of_shift") or None
    desk = services.loop.people.handover
    try:
        return desk.board(services.user(), place, shift)
    except NotFound:
        if shift is None:
            raise
        # Another line was chosen while the address still names a shift of the one before.
        return desk.board(services.user(), place)


def _lines(services: Services) -> dict[str, str]:
    names = services.places()
    return {line.path: names[line.path] for line in services.my_lines()}


def _may_sign(services: Services, board: HandoverBoard) -> bool:
    return may(services.user(), Permission.SIGN_HANDOVER, board.line)


def _told(what: str, key: str | None = None) -> Told:
    return {"kind": "done", "key": key, "title": t(f"handover.done.{what}", language()), "text": ""}


def register(wire: Wire) -> None:
    """The choice lives in the address; buttons say what is done with the shift that is shown."""
    seen, sheet_again = State(Ids.seen, "data"), Output(Ids.sheet, "children", allow_duplicate=True)
    answer, note = Output(FrameIds.answer, "data", allow_duplicate=True), State(Ids.note, "value")
    wire(
        show_choice,
        Output(Ids.filters, "children"),
        Output(Ids.sheet, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(look_again, Output(Ids.items, "children", allow_duplicate=True), Input(Ids.look, "n_intervals"), seen)
    wire(strike, answer, Output(Ids.items, "children"), Input(Ids.asks, "data"), seen)
    wire(save, answer, Output(Ids.seen, "data"), Input(Ids.save, "n_clicks"), note, seen)
    wire(sign, answer, sheet_again, Input(Ids.sign, "n_clicks"), note, seen)
    wire(add, answer, sheet_again, Input(Ids.add, "n_clicks"), State(Ids.addendum, "value"), seen)
