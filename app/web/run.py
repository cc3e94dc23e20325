"""Runs the server under uvicorn until it is told to stop; open streams never hold it."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

import uvicorn

from app.web.config import WebConfig
from app.web.server import Web

SEND_BUFFER = 64 * 1024
GRACE_S = 5


class _Server(uvicorn.Server):
    def __init__(self, web: Web, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._web = web

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._web.feed.close()
        await super().shutdown(sockets)


def listen(config: WebConfig) -> socket.socket:
    """Return a bound socket. Small send buffers: what waits for a slow reader waits in its one slot, not in the kernel.

    Raises OSError when the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.bind((config.host, config.port))
    return listener


def run_web(web: Web, config: WebConfig, ready: Callable[[int], None], listener: socket.socket | None = None) -> None:
    """Serve until SIGTERM or SIGINT. ready: called with the port once requests are answered."""
    asyncio.run(serve(web, config, ready, listener or listen(config)))


async def serve(web: Web, config: WebConfig, ready: Callable[[int], None], listener: socket.socket) -> None:
    """Serve on `listener` until told to stop, feeding the live channel meanwhile."""
    options = uvicorn.Config(
        web,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
        lifespan="off",
        ws="none",
    )
    server = _Server(web, options)
    feeding = asyncio.create_task(web.feed.run())
    telling = asyncio.create_task(_tell(server, listener, ready))
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in (feeding, telling):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _tell(server: uvicorn.Server, listener: socket.socket, ready: Callable[[int], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    ready(listener.getsockname()[1])
