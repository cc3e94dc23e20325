"""`GET /live/<topic>`: a pure-ASGI endpoint that streams boards to whoever may see them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from app.live.feed import RETRY, Feed, Subscriber

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Check = Callable[[Scope, str], int]
"""(ASGI scope, topic) -> HTTP status: 200 may, 400 wrong host, 401 unknown person, 403 may not, 503 cannot say now."""

PREFIX = "/live/"
RECHECK_MS = 60_000
"""Rights that end by time alone are asked about this often; changes of rights are told by the feed (`doubts`)."""
SIGNED_OUT = b"event: refused\ndata: %d\n\n"
_WORDS = {
    400: b"unknown host",
    401: b"sign in first",
    403: b"not allowed",
    404: b"no such topic",
    405: b"GET only",
    503: b"not available now",
}
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class LiveEndpoint:
    """The ASGI application behind /live/. check runs in a thread: it may ask the session store."""

    def __init__(self, feed: Feed, check: Check, now: Callable[[], int]) -> None:
        self.feed = feed
        self._check = check
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the reader goes, the server stops, or the reader may no longer see it."""
        topic = str(scope["path"])[len(PREFIX) :].strip("/")
        doubts = self.feed.doubts
        status = 405 if scope["method"] != "GET" else await asyncio.to_thread(self._check, scope, topic)
        if status == 200 and not self.feed.knows(topic):
            status = 404
        if status != 200:
            await _refuse(send, status)
            return
        subscriber = self.feed.subscribe(topic)
        gone = asyncio.ensure_future(_until_gone(receive, subscriber))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": RETRY, "more_body": True})
            await self._stream(scope, topic, subscriber, send, doubts)
        finally:
            self.feed.unsubscribe(topic, subscriber)
            gone.cancel()

    async def _stream(self, scope: Scope, topic: str, subscriber: Subscriber, send: Send, doubts: int) -> None:
        check_at = self._now() + RECHECK_MS
        while (what := await subscriber.next()) is not None:
            if self.feed.doubts != doubts or self._now() >= check_at:
                doubts = self.feed.doubts
                status = await asyncio.to_thread(self._check, scope, topic)
                if status not in (200, 503):
                    await send({"type": "http.response.body", "body": SIGNED_OUT % status, "more_body": True})
                    break
                check_at = self._now() + RECHECK_MS
            if what:
                await send({"type": "http.response.body", "body": what, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, subscriber: Subscriber) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    subscriber.close()


async def _refuse(send: Send, status: int) -> None:
    body = _WORDS.get(status, b"refused")
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def environ(scope: Scope) -> dict[str, Any]:
    """Return the WSGI environ of an ASGI request without a body: enough for Flask to read its cookies and headers."""
    host, port = scope.get("server") or ("localhost", None)
    client = scope.get("client") or ("", 0)
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": client[0],
        "wsgi.url_scheme": scope.get("scheme", "http"),
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        joiner = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joiner}{text}" if key in found else text
    return found


def topics(lines: Mapping[str, object]) -> dict[str, list[str]]:
    """Return every topic and the lines it is made of: each line, area and site.

    >>> topics({"s/a/l1": 0, "s/a/l2": 0})["s/a"]
    ['s/a/l1', 's/a/l2']
    """
    found: dict[str, list[str]] = {}
    for line in lines:
        parts = line.split("/")
        for depth in range(1, len(parts) + 1):
            found.setdefault("/".join(parts[:depth]), []).append(line)
    return found
