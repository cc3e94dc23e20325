"""Sees that alerts have changed, whoever changed them, and tells the feed: one small question per worker and second."""

import asyncio
from collections.abc import Callable

from app.historian.away import DatabaseAway
from app.live.feed import Feed

LOOK_S = 1.0


class Notices:
    """revision: a number that is another one after every change of an alert; may raise DatabaseAway."""

    def __init__(self, feed: Feed, revision: Callable[[], int]) -> None:
        self._feed = feed
        self._revision = revision
        self._seen: int | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Tell everybody when something changed since the last look, or may have; nobody listens: nothing is asked."""
        if not self._feed.subscribers:
            return
        try:
            found = await asyncio.to_thread(self._revision)
        except DatabaseAway:
            return
        if found != self._seen:
            self._feed.notify()
        self._seen = found
