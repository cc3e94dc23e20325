"""Demand as other systems put it onto a stream: read from a position, refused once, trimmed. One stream per site."""

from typing import NamedTuple

from redis.exceptions import ResponseError

from app.domain.events import streams
from app.streams.connection import Client, asking
from app.streams.log import FIELD, entry_key


class Entry(NamedTuple):
    """One entry. id: its place in the stream; raw: what its field `e` says, all of it where there is none."""

    id: bytes
    raw: bytes


class DemandLog:
    """The demand streams of all sites. Every call may raise ServerAway."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def append(self, site: str, raw: bytes) -> bytes:
        """Append one order and return its entry id."""
        with asking():
            return bytes(self._client.xadd(streams.demand(site), {streams.FIELD: raw}))

    def read(self, site: str, position: bytes, count: int) -> list[Entry]:
        """Return up to `count` entries after a position, oldest first."""
        with asking():
            found = self._client.xrange(streams.demand(site), min=b"(" + position, count=count)
        return [Entry(bytes(entry), fields.get(FIELD, b" ".join(fields.values()))) for entry, fields in found]

    def refuse(self, site: str, entry: Entry, reason: str) -> bool:
        """Put an entry aside under its own id; False: it was there or further on already. A repeat adds nothing."""
        row = {streams.FIELD: entry.raw, "reason": reason, "id": entry.id}
        try:
            with asking():
                self._client.xadd(streams.quarantine(site), row, id=entry.id)
        except ResponseError:  # ids must rise: this one was put aside before a kill
            return False
        return True

    def trim(self, site: str, taken: bytes, older_than: int) -> int:
        """Drop entries that arrived before `older_than` (UTC ms) and are behind `taken`; returns how many.

        What was put aside before then goes too.
        """
        border = min(entry_key(taken), (max(older_than, 0), 0))
        with asking():
            self._client.xtrim(streams.quarantine(site), minid=f"{max(older_than, 0)}-0", approximate=True)
            return int(self._client.xtrim(streams.demand(site), minid=f"{border[0]}-{border[1]}", approximate=True))
