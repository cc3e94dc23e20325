"""Sessions: who a request is from. A cookie for people, a bearer token for programs, a display cookie for walls."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, Request, Response, redirect, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from app.auth.tokens import TokenStore, holder
from app.auth.users import Account, AccountStore
from app.domain.roles import Identity, Role

CSRF_COOKIE, CSRF_HEADER = "_csrf_token", "X-CSRFToken"
DISPLAY_COOKIE = "lineside_display"
DISPLAY_DAYS = 400
SEEN_STEP_MS = 60_000


class Visitor(UserMixin):  # type: ignore[misc]
    """Who flask-login says the current request is from. by: `session`, `bearer` or `display`."""

    def __init__(self, identity: Identity, by: str) -> None:
        self.identity = identity
        self.by = by

    def get_id(self) -> str:
        """Return the account's name."""
        return self.identity.name


class RevokedSessions(Protocol):
    """Sessions that were signed out before their time (app.historian.sessions)."""

    def revoke(self, session_id: str, ttl_ms: int) -> None:
        """Remember it for as long as its cookie could live."""

    def is_revoked(self, session_id: str) -> bool:
        """Return whether it was signed out."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Where accounts, tokens and ended sessions are kept."""

    accounts: AccountStore
    tokens: TokenStore
    revoked: RevokedSessions


class Sessions:
    """Signs people in and out and recognises whoever comes back."""

    def __init__(
        self, stores: Stores, now: Callable[[], int], secret: str, *, idle_ms: int, absolute_ms: int, https: bool
    ) -> None:
        self._stores = stores
        self._now = now
        self._secret = secret.encode()
        self._idle_ms = idle_ms
        self._absolute_ms = absolute_ms
        self._https = https

    def install(self, server: Flask) -> None:
        """Make `flask_login.current_user` know people, programs and displays."""
        manager = LoginManager(server, add_context_processor=False)
        manager.session_protection = None
        manager.user_loader(self._from_session)
        manager.request_loader(self._from_request)

    def sign_in(self, account: Account, answer: Response) -> Response:
        """Begin a fresh session (nothing of an older one survives) and return `answer` with its CSRF cookie."""
        session.clear()
        now = self._now()
        session.update(sid=secrets.token_urlsafe(16), began=now, seen=now, epoch=account.session_epoch)
        login_user(Visitor(account.identity, "session"))
        answer.set_cookie(CSRF_COOKIE, self._csrf(session["sid"]), samesite="Lax", secure=self._https)
        return answer

    def sign_out(self, answer: Response) -> Response:
        """End this session for good: a copy of its cookie opens nothing any more."""
        if "sid" in session:
            self._stores.revoked.revoke(session["sid"], self._absolute_ms)
        logout_user()
        session.clear()
        answer.delete_cookie(CSRF_COOKIE, samesite="Lax", secure=self._https)
        return answer

    def has_csrf_token(self, asked: Request) -> bool:
        """Return whether the request carries this session's CSRF token in its header, or needs none (a bearer)."""
        if asked.headers.get("Authorization", "").startswith("Bearer "):
            return True
        sent = asked.headers.get(CSRF_HEADER, "")
        return "sid" in session and hmac.compare_digest(sent.encode(), self._csrf(session["sid"]).encode())

    def enter_display(self, asked: Request) -> Response:
        """Turn `?token=` of a display's address into a cookie, so that it is in no address bar afterwards."""
        secret = asked.args["token"]
        kept = [(k, v) for k, v in asked.args.items(multi=True) if k != "token"]
        query = "&".join(f"{k}={v}" for k, v in kept if k.isidentifier() and v.isalnum())
        answer = redirect(asked.path + ("?" + query if query else ""))
        found = holder(self._stores.tokens, secret, self._now())
        if found and found.role is Role.DISPLAY:
            age = DISPLAY_DAYS * 86_400
            answer.set_cookie(DISPLAY_COOKIE, secret, max_age=age, httponly=True, samesite="Lax", secure=self._https)
        return answer  # type: ignore[return-value]

    def _csrf(self, session_id: str) -> str:
        return hmac.new(self._secret, b"csrf:" + session_id.encode(), sha256).hexdigest()

    def _from_session(self, name: str) -> Visitor | None:
        account = self._stores.accounts.account(name)
        if account is None or account.disabled or session.get("epoch") != account.session_epoch:
            return None
        return Visitor(account.identity, "session") if self._is_open() else None

    def _is_open(self) -> bool:
        now, began, seen = self._now(), session.get("began", 0), session.get("seen", 0)
        if now - began >= self._absolute_ms or now - seen >= self._idle_ms:
            return False
        if self._stores.revoked.is_revoked(session.get("sid", "")):
            return False
        if now - seen >= SEEN_STEP_MS:
            session["seen"] = now
        return True

    def _from_request(self, asked: Request) -> Visitor | None:
        header = asked.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            return self._held(header.removeprefix("Bearer ").strip(), "bearer")
        secret = asked.cookies.get(DISPLAY_COOKIE)
        found = self._held(secret, "display") if secret else None
        return found if found and found.identity.role is Role.DISPLAY else None

    def _held(self, secret: str, by: str) -> Visitor | None:
        found = holder(self._stores.tokens, secret, self._now())
        return Visitor(found, by) if found else None


def safe_next(target: str | None) -> str:
    r"""Return where to go after sign-in: a path of this server, `/` for anything else.

    >>> safe_next("/line/a?x=1"), safe_next("//evil.example"), safe_next("https://evil.example"), safe_next("/\\evil")
    ('/line/a?x=1', '/', '/', '/')
    """
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return "/"
    if any(ord(c) < 32 for c in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target
