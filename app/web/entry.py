"""Sign-in and sign-out: plain server-rendered forms that work without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Blueprint, Response, redirect, render_template, request
from flask_login import current_user

from app.auth.sessions import Sessions, Stores, safe_next
from app.auth.steward import Trail
from app.auth.throttle import SignInThrottle, TooMany
from app.auth.users import Account, is_right, sign_out_everywhere


class SignInLog(Protocol):
    """Where sign-ins are written down (app.historian.accounts)."""

    def signed_in(self, at: int, name: str, address: str, outcome: str) -> None:
        """Write one attempt. outcome: `ok`, `wrong`, `unknown`, `disabled`, `throttled`."""


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Checks passwords, counts the wrong ones, keeps the sign-in log; who came, went or was locked out is audited."""

    sessions: Sessions
    stores: Stores
    throttle: SignInThrottle
    log: SignInLog
    trail: Trail
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
            if self.throttle.failed(name, address):
                self._write(name[:64], "locked_out", address)
            self.log.signed_in(self.now(), name[:64], address, _why_not(account))
            return _form(name, target, "wrong", 401)
        self.throttle.succeeded(name)
        self.log.signed_in(self.now(), name, address, "ok")
        self._write(name, "signed_in", address)
        return self.sessions.sign_in(account, redirect(target, 303))  # type: ignore[arg-type]

    def sign_out(self) -> Response:
        """End this session."""
        return self._leave("signed_out")

    def sign_out_everywhere(self) -> Response:
        """End every session of this person."""
        sign_out_everywhere(self.stores.accounts, current_user.identity.name)
        return self._leave("signed_out_everywhere")

    def _leave(self, what: str) -> Response:
        self._write(current_user.identity.name, what, request.remote_addr or "")
        return self.sessions.sign_out(redirect("/login", 303))  # type: ignore[arg-type]

    def _write(self, who: str, what: str, address: str) -> None:
        self.trail.write(self.now(), who, what, address, "")


def _why_not(account: Account | None) -> str:
    """Return for the log alone why a password opened nothing; who tries is told the same of all three."""
    if account is None:
        return "unknown"
    return "disabled" if account.disabled else "wrong"


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

    entry.add_url_rule("/logout", "sign_out", desk.sign_out, methods=["POST"])
    entry.add_url_rule("/logout/everywhere", "sign_out_all", desk.sign_out_everywhere, methods=["POST"])
    return entry


def _form(name: str, target: str, problem: str | None, status: int, wait_s: int = 0) -> Response:
    text = render_template("login.html", name=name, next=target, problem=problem, wait_min=-(-wait_s // 60))
    answer = Response(text, status, content_type="text/html; charset=utf-8")
    if wait_s:
        answer.headers["Retry-After"] = str(wait_s)
    return answer
