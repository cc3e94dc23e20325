"""A gateway that listens in a thread while a test goes on, as the process does."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress

from gateways.base import Away

PATIENCE_S = 20


class Heard:
    """What a gateway said: samples in order, empty hearings as `signs`, and why it ended.

    unknown: the addresses it said nobody knows, before anything else. lost: until when it said something was lost.
    hearings: everything as it was heard, with the places.
    """

    def __init__(self) -> None:
        self.unknown = set()
        self.samples = []
        self.lost = []
        self.hearings = []
        self.signs = 0
        self.away = None

    def take(self, samples, place=None, /) -> None:
        self.hearings.append((samples, place))
        if samples and not self.samples and all(s.gone for s in samples):
            self.unknown.update(s.address for s in samples)
            return
        self.lost += [s.t for s in samples if s.lost]
        self.samples.extend(s for s in samples if not s.lost)
        self.signs += not samples

    def values(self, address: str) -> list:
        return [s.value for s in self.samples if s.address == address]


def wait_for(what: Callable[[], object], why: str = "") -> object:
    """Return what `what` says as soon as it is true; fail after PATIENCE_S."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.01)
    raise AssertionError(why or "waited in vain")


@contextmanager
def listening(gateway, heard: Heard | None = None):
    """Let the gateway listen until the end of the block or until it is Away."""
    heard = heard or Heard()
    loop, task = asyncio.new_event_loop(), None

    async def run() -> None:
        nonlocal task
        task = asyncio.current_task()
        try:
            await gateway.listen(heard.take)
        except Away as error:
            heard.away = str(error)

    def go() -> None:
        try:
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(run())
        finally:
            loop.close()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield heard
    finally:
        with suppress(RuntimeError):  # it ended by itself
            loop.call_soon_threadsafe(lambda: task is not None and task.cancel())
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
