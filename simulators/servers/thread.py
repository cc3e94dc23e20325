"""An asyncio loop in a thread, for protocol servers beside a simulation that waits and sleeps."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_S = 20.0


class LoopThread:
    """Runs coroutines one after the other for whoever calls from another thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread and return what it returns."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE_S)

    def stop(self) -> None:
        """End the thread and what is left in it."""
        self.do(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


async def _end_all() -> None:
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
