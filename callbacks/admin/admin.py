"""Administration: tab, opened account and filters live in the address; what is made is shown once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app.boards.admin import OUTCOMES, TABS, AdminBoard, AdminQuestion, Secret
from app.domain.roles import Role
from app.services import Services
from app.text.numbers import asked_number
from app.text.translate import t
from callbacks.heads import head
from callbacks.language import language
from callbacks.wire import Wire
from layouts.admin.admin import Ids, layout, result, shown_once
from layouts.frame import Ids as FrameIds

Ask = dict[str, Any]
Parts = list[Component]
LONGEST = 120


def page(services: Services, search: str) -> html.Div:
    """Return the page for the address."""
    lang = language()
    return layout(head(services, t("page.admin", lang)), _board(services, search), lang)


def show_choice(services: Services, search: str, path: str) -> Parts:
    """Return what the address asks for when it changes."""
    if path.rstrip("/") != "/admin":
        raise PreventUpdate
    return result(_board(services, search), language())


def answer(
    services: Services, ask: Ask | None, search: str
) -> tuple[dict[str, object], Parts, html.Dialog | None, None]:
    """Do what was asked; return what the toast says, the page, a secret to show once; what was sent is forgotten."""
    if not ask or ask["what"] not in DONE:
        raise PreventUpdate
    lang, what = language(), str(ask["what"])
    secret = DONE[what](services, ask)
    told: dict[str, object] = {"kind": "done", "key": ask["key"]}
    told["title"] = t(f"admin.done.{what}", lang, name=_said(ask, "name").strip())
    if what in TOLD:
        told["text"] = t(TOLD[what], lang)
    return told, result(_board(services, search), lang), shown_once(secret, lang), None


def verify(services: Services, ask: Ask | None, search: str) -> tuple[dict[str, object], Parts]:
    """Check every row of the audit trail."""
    if not ask or ask["what"] != "verify":
        raise PreventUpdate
    chain = services.loop.people.admin.verify(services.user())
    told: dict[str, object] = {"kind": "done", "key": ask["key"], "title": t("admin.chain.done", language())}
    return told, result(replace(_board(services, search), chain=chain), language())


def _add_person(services: Services, ask: Ask) -> Secret | None:
    desk, said = services.loop.people.admin, (_said(ask, "name"), _said(ask, "role"), _scopes(ask))
    return desk.add(services.user(), *said, _said(ask, "password"))


def _change_person(services: Services, ask: Ask) -> None:
    desk = services.loop.people.admin
    desk.change(services.user(), _said(ask, "name"), _said(ask, "role"), _scopes(ask))


def _password_person(services: Services, ask: Ask) -> Secret | None:
    return services.loop.people.admin.set_password(services.user(), _said(ask, "name"), _said(ask, "password"))


def _disable_person(services: Services, ask: Ask) -> None:
    services.loop.people.admin.disable(services.user(), _said(ask, "name"))


def _enable_person(services: Services, ask: Ask) -> None:
    services.loop.people.admin.enable(services.user(), _said(ask, "name"))


def _make_api(services: Services, ask: Ask) -> Secret:
    said = (_said(ask, key) for key in ("name", "role", "scope", "days"))
    return services.loop.people.admin.make_token(services.user(), *said)


def _make_display(services: Services, ask: Ask) -> Secret:
    name, scope, days = (_said(ask, key) for key in ("name", "scope", "days"))
    return services.loop.people.admin.make_token(services.user(), name, Role.DISPLAY, scope, days)


def _revoke_token(services: Services, ask: Ask) -> None:
    services.loop.people.admin.revoke(services.user(), _said(ask, "id"))


DONE: dict[str, Callable[[Services, Ask], Secret | None]] = {
    "add_person": _add_person,
    "change_person": _change_person,
    "password_person": _password_person,
    "disable_person": _disable_person,
    "enable_person": _enable_person,
    "make_api": _make_api,
    "make_display": _make_display,
    "revoke_token": _revoke_token,
}
TOLD = dict.fromkeys(("change_person", "password_person", "disable_person"), "admin.done.ended")
TOLD["revoke_token"] = "admin.done.revoked.what"  # noqa: S105


def _said(ask: Ask, key: str) -> str:
    return str(ask.get(key) or "")


def _scopes(ask: Ask) -> list[str]:
    """Return the places that were ticked: fields `scope|<path>`."""
    return [name.partition("|")[2] for name, value in ask.items() if name.startswith("scope|") and value]


def _board(services: Services, search: str) -> AdminBoard:
    return services.loop.people.admin.board(services.user(), _question(search))


def _question(search: str) -> AdminQuestion:
    """Return what the address asks for; what it cannot mean is left out."""
    found = {key: values[-1][:LONGEST] for key, values in parse_qs(search.lstrip("?")).items()}
    said = {key: value for key, value in found.items() if value.isprintable()}
    before = asked_number(said.get("before"))
    return AdminQuestion(
        tab=next((tab for tab in TABS if tab == said.get("tab")), "people"),
        person=said.get("person"),
        add=said.get("add"),
        who=said.get("who"),
        outcome=next((one for one in OUTCOMES if one == said.get("outcome")), None),
        before=before if before > 0 else None,
    )


def register(wire: Wire) -> None:
    """What is open lives in the address; what was sent leaves the browser with the answer."""
    search = State(FrameIds.url, "search")
    told = Output(FrameIds.answer, "data", allow_duplicate=True)
    again = Output(Ids.result, "children", allow_duplicate=True)
    wire(
        show_choice,
        Output(Ids.result, "children"),
        Input(FrameIds.url, "search"),
        State(FrameIds.url, "pathname"),
    )
    wire(answer, told, again, Output(Ids.secret, "children"), Output(Ids.asks, "data"), Input(Ids.asks, "data"), search)
    wire(verify, told, again, Input(Ids.asks, "data"), search)
