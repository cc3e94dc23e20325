"""The gate every request passes: host, origin, person, page, callback. What no rule names does not exist."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app.auth.guard import NotFound, Refused
from app.auth.sessions import Sessions, Visitor
from app.rest.problems import problem
from app.services import Services
from app.sitemap import may_open
from app.web.config import WebConfig, host_name
from app.web.origin import Evidence, evidence
from callbacks.wire import WireBook

Answer = Response | tuple[Any, int] | None
SAFE = ("GET", "HEAD", "OPTIONS")
PUBLIC = frozenset({"entry.login", "entry.sign_in", "probes.healthz", "probes.readyz", "probes.metrics_text"})
PUBLIC |= {
    "api.openapi",
    "_dash_assets.static",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
}
PUBLIC |= {"/_favicon.ico"}
SIGNED_IN = frozenset({"/_dash-layout", "/_dash-dependencies", "entry.logout", "entry.sign_out", "entry.sign_out_all"})
FILES = "exports."
PAGES = frozenset({"/", "/<path:path>"})
CALLBACKS = "/_dash-update-component"
API = "api."
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NON_BROWSER_DOORS = ("entry.sign_in", API)


class Gate:
    """Checks in this order: host, endpoint known, origin of a change, person, role and scope."""

    def __init__(self, config: WebConfig, sessions: Sessions, services: Services, book: WireBook) -> None:
        self._config = config
        self._sessions = sessions
        self._services = services
        self._book = book

    def install(self, server: Flask) -> None:
        """Stand before every view of `server`."""
        server.before_request(self.check)

    def check(self) -> Answer:
        """Return None to let the request in, or the answer that refuses it."""
        if host_name(request.host) not in self._config.hosts:
            return _plain(f"Unknown host {request.host!r}: set LINESIDE_ALLOWED_HOSTS or LINESIDE_PUBLIC_URL.", 400)
        endpoint = request.endpoint or ""
        if request.method not in SAFE and not self._origin_is_fine(endpoint):
            return _plain("This change was not sent from our own pages.", 403)
        if endpoint in PUBLIC or endpoint.startswith(API):
            return None
        if request.path.startswith("/api/"):
            return _no_api(request.path)
        if endpoint in PAGES:
            return self._page()
        if endpoint in SIGNED_IN or endpoint == CALLBACKS or endpoint.startswith(FILES):
            return self._inside(endpoint)
        return _page_answer("not_found", 404)

    def _origin_is_fine(self, endpoint: str) -> bool:
        found = evidence(dict(request.headers), request.host, self._config.public_url)
        if found is not Evidence.NONE:
            return found is Evidence.SAME
        if endpoint.startswith(API) and request.headers.get("Authorization", "").startswith("Bearer "):
            return True  # a page of another site cannot make a browser send this header
        if endpoint.startswith(NON_BROWSER_DOORS):
            return endpoint == "entry.sign_in" or request.mimetype not in _FORM_TYPES
        return self._sessions.has_csrf_token(request)

    def _page(self) -> Answer:
        if "token" in request.args:
            return self._sessions.enter_display(request)
        if not current_user.is_authenticated:
            return redirect("/login?next=" + quote(request.full_path.rstrip("?"), safe=""))  # type: ignore[return-value]
        try:
            if request.path == "/":
                return redirect(self._services.home())  # type: ignore[return-value]
            self._services.visit(request.path)
        except NotFound:
            return _page_answer("not_found", 404)
        except Refused:
            return _page_answer("forbidden", 403)
        return None

    def _inside(self, endpoint: str) -> Answer:
        if not current_user.is_authenticated:
            return jsonify({"error": "signed_out", "login": "/login"}), 401
        return self._callback() if endpoint == CALLBACKS else None

    def _callback(self) -> Answer:
        sent = request.get_json(silent=True)
        body: dict[str, Any] = sent if isinstance(sent, dict) else {}
        output = str(body.get("output"))
        page = self._book.page_of(output)
        visitor: Visitor = current_user
        if page is None or not may_open(visitor.identity, page):
            return jsonify({"error": "forbidden"}), 403
        if not self._book.fits(output, body.get("inputs"), body.get("state")):
            return jsonify({"error": "not a request of our pages"}), 400
        return None


_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")


def _plain(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")


def _no_api(path: str) -> Response:
    """Return that the API has no such address, or which methods it has (Dash answers any path's GET)."""
    door = current_app.create_url_adapter(request)
    methods = [method for method in METHODS if door is not None and _leads_to_api(door, path, method)]
    if not methods:
        return problem(404, "the API has no such address; /api/v1/openapi.json describes it")
    answer = problem(405, f"{request.method} {path}: this address takes {', '.join(methods)}")
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _leads_to_api(door: MapAdapter, path: str, method: str) -> bool:
    try:
        endpoint, _ = door.match(path, method=method)
    except HTTPException:
        return False
    return str(endpoint).startswith(API)


def _page_answer(key: str, status: int) -> Response:
    return Response(render_template("message.html", key=key), status, content_type="text/html; charset=utf-8")


Check = Callable[[], Answer]
