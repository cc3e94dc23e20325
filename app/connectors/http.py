"""One HTTP request to a target: to the address that was judged, no redirects, bounded in time and size."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult

import httpx

from app.connectors.base import LONGEST_ANSWER, NotDelivered, Receipt, short, why_not
from app.connectors.guard import PORTS, Guard
from app.domain.interval import DAY_MS

TOTAL_S = 15.0
"""From the first packet to the last byte, whatever the receiver does."""
CONNECT_S, STEP_S = 5.0, 10.0
MOST_BYTES = 1_000_000
AGAIN = (408, 425, 429)
"""Refusals of the moment (RFC 9110, RFC 8470, RFC 6585); every other 4xx means that the same will be refused again."""
LONGEST_WAIT_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class Reply:
    """What a target answered. text: at most MOST_BYTES of its body; headers: lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """The way to an HTTP target. guard: whom it may speak to; total_s: how long a request may take."""

    guard: Guard
    total_s: float = TOTAL_S
    most_bytes: int = MOST_BYTES

    def ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Reply:
        """Return the answer, whatever its status. Raises NotDelivered when there is none, BadAddress."""
        parts = self.guard.check(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        address = self.guard.address(host, port)
        try:
            return asyncio.run(self._ask(method, parts, address, headers, content))
        except httpx.ConnectError as error:
            raise NotDelivered(f"{host}:{port}: {short(why_not(error))}", is_away=True) from error
        except httpx.ConnectTimeout as error:
            raise NotDelivered(f"{host}:{port}: no connection within {CONNECT_S:.0f} s", is_away=True) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise NotDelivered(f"{host}: no answer in time", is_unsure=True, is_away=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotDelivered(f"{host}: cut off: {short(str(error))}", is_unsure=True, is_away=True) from error

    def check(self, url: str) -> None:
        """Return when the target takes connections and its certificate is believed. Raises NotDelivered, BadAddress."""
        parts = self.guard.check(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        address = self.guard.address(host, port)
        try:
            with socket.create_connection((address, port), timeout=CONNECT_S) as plain:
                if parts.scheme == "https":
                    ssl.create_default_context().wrap_socket(plain, server_hostname=host).close()
        except OSError as error:
            raise NotDelivered(f"{host}:{port}: {why_not(error)}", is_away=True) from error

    async def _ask(
        self, method: str, parts: SplitResult, address: str, headers: Mapping[str, str], content: bytes
    ) -> Reply:
        there = f"[{address}]" if ":" in address else address
        port = "" if parts.port is None else f":{parts.port}"
        url = parts._replace(netloc=f"{there}{port}").geturl()
        sent = {"host": parts.netloc, "user-agent": "Lineside", "accept-encoding": "identity", **headers}
        named = {"sni_hostname": parts.hostname or ""}
        async with (
            asyncio.timeout(self.total_s),
            httpx.AsyncClient(
                timeout=httpx.Timeout(STEP_S, connect=CONNECT_S), follow_redirects=False, trust_env=False
            ) as client,
            client.stream(method, url, headers=sent, content=content, extensions=named) as answer,
        ):
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > self.most_bytes:
                    break
            text = bytes(body[: self.most_bytes]).decode("utf-8", "replace")
            return Reply(answer.status_code, dict(answer.headers), text)


def taken(reply: Reply, now: int) -> Receipt:
    """Return the receipt of a 2xx. Raises NotDelivered: final for redirects and refusals, else to be tried again.

    Retry-After is honoured, in seconds or as a date (RFC 9110, 10.2.3), up to a day. now: UTC ms.
    """
    said = short(f"{reply.status} {reply.text[: 4 * LONGEST_ANSWER]}")
    if 200 <= reply.status < 300:
        return Receipt(said)
    if 300 <= reply.status < 400:
        raise NotDelivered(f"{reply.status}: leads elsewhere; redirects are not followed", is_final=True)
    if 400 <= reply.status < 500 and reply.status not in AGAIN:
        raise NotDelivered(said, is_final=True)
    raise NotDelivered(said, is_away=reply.status in (429, 503), after_ms=retry_after(reply.headers, now))


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """Return for how long the target asked to be left alone, ms; None when it did not say so in a way we know."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        wait = int(text) * 1000
    else:
        try:
            wait = int(parsedate_to_datetime(text).timestamp() * 1000) - now
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(0, wait), LONGEST_WAIT_MS)
