"""Sees that alerts or rights have changed, whoever changed them, and tells the feed: small questions, once a second."""

import asyncio
from collections.abc import Callable

from app.historian.away import DatabaseAway
from app.live.feed import Feed

LOOK_S = 1.0


class Notices:
    """Numbers that are others after every change: alerts, of an alert; access, of what anybody may see.

    Both may raise DatabaseAway.
    """

    def __init__(self, feed: Feed, alerts: Callable[[], int], access: Callable[[], int]) -> None:
        self._feed = feed
        self._alerts = alerts
        self._access = access
        self._seen: tuple[int, int] | None = None

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
            found = await asyncio.to_thread(lambda: (self._alerts(), self._access()))
        except DatabaseAway:
            return
        before = self._seen or (None, None)
        if found[0] != before[0]:
            self._feed.notify()
        if found[1] != before[1]:
            self._feed.doubt()
        self._seen = found
