"""Runs the server under uvicorn until it is told to stop; open streams never hold it."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn

from app.web.config import WebConfig
from app.web.server import Web

SEND_BUFFER = 64 * 1024
GRACE_S = 5
Ready = Callable[[int], object]


class CannotListen(RuntimeError):
    """The address is taken or not ours; the text says which and why."""


class _Server(uvicorn.Server):
    """uvicorn, closing the open streams before it waits for connections to end."""

    def __init__(self, web: Web, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._web = web

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the wish to end, and no more: uvicorn raises them again when it has ended.

        That would kill a process that ends only to begin anew with a changed plant file (app.following).
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._web.feed.close()
        await super().shutdown(sockets)


def listen(config: WebConfig) -> socket.socket:
    """Return a bound socket. Small send buffers: what waits for a slow reader waits in its one slot, not in the kernel.

    Raises CannotListen.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        raise CannotListen(f"cannot listen on {config.host}:{config.port}: {why}") from error
    return listener


class Running:
    """One worker on one listening socket, from `run` to SIGTERM, SIGINT or `stop`."""

    def __init__(self, web: Web, listener: socket.socket) -> None:
        self._web = web
        self._listener = listener
        options = uvicorn.Config(
            web,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=30,
            lifespan="off",
            ws="none",
        )
        self._server = _Server(web, options)

    def run(self, ready: Ready) -> None:
        """Serve until told to stop. ready: called with the port once requests are answered."""
        asyncio.run(self._serve(ready))

    def stop(self) -> None:
        """Ask it to stop; may be called from another thread."""
        self._server.should_exit = True

    async def _serve(self, ready: Ready) -> None:
        work = (self._web.feed.run(), self._web.notices.run(), self._tell(ready))
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _tell(self, ready: Ready) -> None:
        while not self._server.started:
            await asyncio.sleep(0.01)
        ready(self._listener.getsockname()[1])


def run_web(web: Web, config: WebConfig, ready: Ready) -> None:
    """Serve until SIGTERM or SIGINT. Raises CannotListen."""
    Running(web, listen(config)).run(ready)
