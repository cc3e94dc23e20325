"""Sign-in and sign-out: plain server-rendered forms that work without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Blueprint, Response, redirect, render_template, request
from flask_login import current_user

from app.auth.sessions import Sessions, Stores, safe_next
from app.auth.throttle import SignInThrottle, TooMany
from app.auth.users import is_right, sign_out_everywhere


class SignInLog(Protocol):
    """Where sign-ins are written down (app.historian.accounts)."""

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        """Write one attempt. outcome: `ok`, `wrong`, `throttled`."""


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Checks passwords, counts the wrong ones, keeps the sign-in log."""

    sessions: Sessions
    stores: Stores
    throttle: SignInThrottle
    log: SignInLog
    now: Callable[[], int]

    def sign_in(self) -> Response:
        """Answer the sign-in form."""
        name, password = request.form.get("username", "").strip(), request.form.get("password", "")
        target, address = safe_next(request.form.get("next")), request.remote_addr or ""
        try:
            self.throttle.check(name, address)
        except TooMany as too_many:
            self.log.signed_in(self.now(), name[:64], address, "throttled")
            return _form(name, target, "throttled", 429, wait_s=too_many.wait_s)
        account = self.stores.accounts.account(name)
        if not is_right(account, password) or account is None:
            self.throttle.failed(name, address)
            self.log.signed_in(self.now(), name[:64], address, "wrong")
            return _form(name, target, "wrong", 401)
        self.throttle.succeeded(name)
        self.log.signed_in(self.now(), name, address, "ok")
        return self.sessions.sign_in(account, redirect(target, 303))  # type: ignore[arg-type]


def entry_blueprint(desk: EntryDesk) -> Blueprint:
    """Return the routes /login, /logout and /logout/everywhere."""
    entry = Blueprint("entry", __name__)

    @entry.get("/login", endpoint="login")
    def _login() -> Response:
        target = safe_next(request.args.get("next"))
        if current_user.is_authenticated and current_user.by == "session":
            return redirect(target)  # type: ignore[return-value]
        return _form("", target, None, 200)

    entry.add_url_rule("/login", "sign_in", desk.sign_in, methods=["POST"])

    @entry.get("/logout", endpoint="logout")
    def _ask() -> str:
        return render_template("logout.html", name=current_user.identity.name)

    @entry.post("/logout", endpoint="sign_out")
    def _sign_out() -> Response:
        return desk.sessions.sign_out(redirect("/login", 303))  # type: ignore[arg-type]

    @entry.post("/logout/everywhere", endpoint="sign_out_all")
    def _sign_out_all() -> Response:
        sign_out_everywhere(desk.stores.accounts, current_user.identity.name)
        return desk.sessions.sign_out(redirect("/login", 303))  # type: ignore[arg-type]

    return entry


def _form(name: str, target: str, problem: str | None, status: int, wait_s: int = 0) -> Response:
    text = render_template("login.html", name=name, next=target, problem=problem, wait_s=wait_s)
    answer = Response(text, status, content_type="text/html; charset=utf-8")
    if wait_s:
        answer.headers["Retry-After"] = str(wait_s)
    return answer
