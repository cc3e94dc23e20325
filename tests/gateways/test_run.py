"""The loop around a source: it ends when it is told to, also where a library loses the word."""

import asyncio
import json
import logging
import threading

import structlog

from app.domain.plant.equipment import Source
from app.logs import set_up_logs
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
    runner = Runner(Source("plc", "deaf", ()), gateway, None, spool, None, Nowhere(), lambda: 0)
    asyncio.run(asyncio.wait_for(run([runner], stop), 30))
    assert gateway.lost == 2


class Silent:
    """A gateway that says once, as protocols do, what it cannot hear; that is the end of it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    async def listen(self, hear) -> None:
        logging.getLogger("gateways.any").warning("an address cannot be heard", extra={"address": "a/b"})
        self._stop.set()
        await asyncio.sleep(60)


def test_what_a_protocol_logs_names_its_source_and_what_it_is_about(tmp_path, capsys) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logs("info")
    stop = threading.Event()
    spool = Spool(tmp_path, 1, most_bytes=1 << 20)
    runner = Runner(Source("plc-9", "any", ()), Silent(stop), None, spool, None, Nowhere(), lambda: 0)
    try:
        asyncio.run(asyncio.wait_for(run([runner], stop), 30))
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    said = [json.loads(row) for row in capsys.readouterr().err.splitlines()]
    assert [(row["event"], row["address"], row["source"]) for row in said] == [
        ("an address cannot be heard", "a/b", "plc-9"),
    ]  # fmt: skip
