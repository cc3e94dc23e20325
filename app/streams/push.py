"""Reads published boards for the web worker: one connection, every line, for ever."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import RedisError

from app.domain.events import streams
from app.streams.connection import async_client_of

log = logging.getLogger("lineside.push")
Heard = Callable[[str, bytes], None]
LONGEST_WAIT_S = 2.0
SILENCE_S = 5.0


class SnapshotReader:
    """Hands every board of `lines` on; reconnects for ever and then says each line's last board again.

    A connection that is silent for SILENCE_S is asked whether it still lives, so that a cut cable is noticed.
    """

    def __init__(self, url: str, lines: Sequence[str]) -> None:
        self._url = url
        self._channels = {streams.live(line).encode(): line for line in lines}
        self._lost = False

    async def run(self, heard: Heard) -> None:
        """Call `heard(line, bytes)` for the last and then every new board; returns only when cancelled."""
        wait_s = 0.05
        while True:
            try:
                await self._read(heard)
            except (RedisError, OSError) as error:
                wait_s = 0.05 if not self._lost else min(LONGEST_WAIT_S, wait_s * 2)
                self._say_lost(error)
                await asyncio.sleep(wait_s)

    async def _read(self, heard: Heard) -> None:
        client = async_client_of(self._url)
        try:
            listener = client.pubsub()
            await listener.subscribe(*self._channels)
            for channel, line in self._channels.items():
                last = await client.get(channel)
                if last is not None:
                    heard(line, last)
            self._say_back()
            await self._listen(listener, heard)
        finally:
            await client.aclose()

    async def _listen(self, listener: Any, heard: Heard) -> None:
        was_asked = False
        while True:
            message = await listener.get_message(timeout=SILENCE_S)
            if message is None and was_asked:
                raise ConnectionError(f"no answer for {SILENCE_S} s")
            if message is None:
                await listener.ping()
            elif message["type"] == "message":
                heard(self._channels[message["channel"]], message["data"])
            was_asked = message is None

    def _say_lost(self, error: Exception) -> None:
        if not self._lost:
            log.warning("the live source went away", extra={"error": str(error)})
        self._lost = True

    def _say_back(self) -> None:
        if self._lost:
            log.warning("the live source is back")
        self._lost = False
