"""The loop around a source: it ends when it is told to, also where a library loses the word."""

import asyncio
import threading

from gateways.run import Runner, run
from gateways.spool import Spool


class Deaf:
    """A gateway whose library swallows the first cancellation, as Python 3.11's wait_for may (bpo-42130)."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop, self.lost = stop, 0

    async def listen(self, hear) -> None:
        while True:
            self._stop.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.lost += 1
                if self.lost > 1:
                    raise


class Nowhere:
    def say(self, *_) -> None:
        pass


def test_it_ends_also_when_a_library_loses_the_word(tmp_path) -> None:
    stop = threading.Event()
    gateway = Deaf(stop)
    spool = Spool(tmp_path, 1, most_bytes=1 << 20)
    runner = Runner(None, gateway, None, spool, None, Nowhere(), lambda: 0)
    asyncio.run(asyncio.wait_for(run([runner], stop), 30))
    assert gateway.lost == 2
