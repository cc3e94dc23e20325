"""Builds the server from its parts: gate, sign-in, pages, REST, probes, push channel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from a2wsgi import WSGIMiddleware
from flask import Flask, request
from flask_login import current_user

from app.auth.sessions import Sessions, Stores, Visitor
from app.auth.throttle import Counter, RateLimit, SignInThrottle
from app.domain.interval import MINUTE_MS
from app.domain.roles import Identity, Permission, may
from app.live.feed import NOTICES, Assemble, Feed, SnapshotSource
from app.live.notices import Notices
from app.live.sse import PREFIX, LiveEndpoint, Receive, Scope, Send, environ, topics
from app.rest.api import Api, History, api_blueprint
from app.rest.door import Door
from app.rest.limits import EVENTS_PER_MINUTE, MOST_BYTES
from app.services import Services
from app.web import failures, words
from app.web.clerk import Clerk
from app.web.config import WebConfig, host_name
from app.web.entry import EntryDesk, SignInLog, entry_blueprint
from app.web.exports import exports_blueprint
from app.web.gate import Gate
from app.web.headers import secure
from app.web.metrics import Metrics
from app.web.pages import Pages, make_dash, wire_pages
from app.web.probes import Readiness, probes_blueprint
from callbacks.wire import WireBook

TEMPLATES = str(Path(__file__).with_name("templates"))


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the server is made of and does not make itself; app/wiring.py makes them."""

    clerk: Clerk
    services: Services
    stores: Stores
    counter: Counter
    sign_ins: SignInLog
    source: SnapshotSource
    assemble: Assemble
    readiness: Readiness
    door: Door
    history: History
    translate: words.Translate
    languages: Sequence[str]
    alerts_revision: Callable[[], int]
    access_revision: Callable[[], int]


class Web:
    """The ASGI application of one worker: /live/ on the event loop, everything else in threads beside it."""

    def __init__(self, server: Flask, pages: Pages, notices: Notices, live: LiveEndpoint, threads: int) -> None:
        self.server = server
        self.pages = pages
        self.feed = live.feed
        self.notices = notices
        self._live = live
        self._rest = WSGIMiddleware(_chunks_end(server), workers=threads)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and str(scope["path"]).startswith(PREFIX):
            await self._live(scope, receive, send)
        elif scope["type"] == "http":
            await self._rest(scope, receive, send)  # type: ignore[arg-type]
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})


def current_identity() -> Identity:
    """Return who the current request is from; the gate let nobody unknown this far."""
    visitor: Visitor = current_user
    return visitor.identity


def make_server(config: WebConfig, parts: Parts) -> Web:
    """Return the whole server of one worker, not yet listening."""
    server = _flask(config)
    services = parts.services
    sessions = Sessions(
        parts.stores,
        services.now,
        config.secret_key,
        idle_ms=config.idle_ms,
        absolute_ms=config.absolute_ms,
        https=config.is_https,
    )
    sessions.install(server)
    plant_topics = topics({line.path: line for line in services.plant.lines()})
    feed = Feed(parts.source, plant_topics, parts.assemble, services.now, config.tick_ms)
    metrics = Metrics(lambda: feed.subscribers)
    pages = Pages(make_dash(server, config), WireBook())
    wire_pages(pages, services, metrics.wire)
    words.install(server, parts.translate, parts.languages, _stylesheets(config))
    throttle = SignInThrottle(parts.counter)
    server.register_blueprint(
        entry_blueprint(EntryDesk(sessions, parts.stores, throttle, parts.sign_ins, services.desk.audit, services.now))
    )
    server.register_blueprint(probes_blueprint(parts.readiness, metrics))
    rate = RateLimit(parts.counter, EVENTS_PER_MINUTE, MINUTE_MS)
    api = Api(services, parts.door, parts.history, rate, lambda outcome, n: metrics.events.labels(outcome).inc(n))
    server.register_blueprint(api_blueprint(api))
    server.register_blueprint(exports_blueprint(services, parts.languages))
    Gate(config, sessions, services, pages.book).install(server)
    failures.install(server)
    secure(server, config, pages.dash.csp_hashes())
    live = LiveEndpoint(feed, live_check(server, config), services.now)
    return Web(server, pages, Notices(feed, parts.alerts_revision, parts.access_revision), live, config.threads)


def _chunks_end(server: Flask) -> WSGIApplication:
    """Return the application that also reads bodies in chunks, without a length: the ASGI server says their end."""

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input_terminated"] = True
        return server.wsgi_app(environ, start)

    return app


def _flask(config: WebConfig) -> Flask:
    server = Flask("lineside", template_folder=TEMPLATES, static_folder=None)
    server.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="lineside_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(milliseconds=config.absolute_ms),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
    )
    return server


def live_check(server: Flask, config: WebConfig) -> Callable[[Scope, str], int]:
    """Return the question the live channel asks: may this ASGI request see this topic? An HTTP status.

    The cookie, bearer or display token is read by opening a Flask request context on the request's headers.
    """

    def check(scope: Scope, topic: str) -> int:
        with server.request_context(environ(scope)):
            if host_name(request.host) not in config.hosts:
                return 400
            try:
                if not current_user.is_authenticated:
                    return 401
            except ConnectionError:
                return 503
            place = None if topic == NOTICES else topic
            return 200 if may(current_user.identity, Permission.SEE_LIVE, place) else 403

    return check


def _stylesheets(config: WebConfig) -> list[str]:
    files = sorted((config.assets / "css").glob("*.css"))
    return [f"/assets/css/{path.name}?m={path.stat().st_mtime_ns}" for path in files]
