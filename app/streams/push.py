"""Reads published boards for the web worker: one connection, every line, for ever."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from redis import asyncio as aioredis
from redis.exceptions import RedisError

from app.domain.events import streams

log = logging.getLogger("lineside.push")
Heard = Callable[[str, bytes], None]
Connect = Callable[[], aioredis.Redis]
LONGEST_WAIT_S = 5.0


class SnapshotReader:
    """Hands every board of `lines` on; reconnects for ever and then says each line's last board again.

    connect makes a client (app.streams.connection); a new one is made after each failure, so that a moved or
    restarted server is found again.
    """

    def __init__(self, connect: Connect, lines: Sequence[str]) -> None:
        self._connect = connect
        self._channels = {streams.live(line).encode(): line for line in lines}
        self._lost = False

    async def run(self, heard: Heard) -> None:
        """Call `heard(line, bytes)` for the last and then every new board; returns only when cancelled."""
        wait_s = 0.1
        while True:
            try:
                await self._read(heard)
                wait_s = 0.1
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                self._say_lost(error)
                await asyncio.sleep(wait_s)
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def _read(self, heard: Heard) -> None:
        client = self._connect()
        try:
            listener = client.pubsub()
            await listener.subscribe(*self._channels)
            for channel, line in self._channels.items():
                last = await client.get(channel)
                if last is not None:
                    heard(line, last)
            self._say_back()
            async for message in listener.listen():
                if message["type"] == "message":
                    heard(self._channels[message["channel"]], message["data"])
        finally:
            await client.aclose()

    def _say_lost(self, error: Exception) -> None:
        if not self._lost:
            log.warning("the live source went away", extra={"error": str(error)})
        self._lost = True

    def _say_back(self) -> None:
        if self._lost:
            log.warning("the live source is back")
        self._lost = False
