"""Refused events with the reason: counted, listed, replayed. Nothing that arrived is lost, nothing stops the good ones.

The engine writes its refusals with its commit (checkpoint.py of the engine's stream side: commit.py); a door that
refuses before the log does so here.
"""

from dataclasses import dataclass

from app.domain.events import streams
from app.streams.connection import Client, asking

FIELD = streams.FIELD.encode()
_REPLAY = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return false end
return redis.call('XADD', KEYS[2], '*', 'e', ARGV[2])
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused event. id: its place in the quarantine; entry: its id on the event stream, "" if refused before."""

    id: str
    raw: bytes
    reason: str
    entry: str


class Quarantine:
    """The quarantine streams of all lines. Every call may raise ServerAway."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def refuse(self, line: str, raw: bytes, reason: str) -> str:
        """Put an event aside at the door and return its quarantine id."""
        with asking():
            entry = self._client.xadd(streams.quarantine(line), {"e": raw, "reason": reason, "id": ""})
        return str(entry.decode())

    def count(self, line: str) -> int:
        """Return how many events of the line wait in quarantine."""
        with asking():
            return int(self._client.xlen(streams.quarantine(line)))

    def list(self, line: str, most: int = 100) -> list[Refused]:
        """Return the newest refused events, newest first."""
        with asking():
            found = self._client.xrevrange(streams.quarantine(line), count=most)
        return [_refused(entry, fields) for entry, fields in found]

    def replay(self, line: str, refused: Refused, mended: bytes | None = None, to: str | None = None) -> str | None:
        """Move an event back to the end of the line's stream, as it was or mended; returns its new entry id.

        to: another line's path, where the event named the wrong one. Atomic (one line) or, to another line, in an order
        that can tell it twice and never lose it; replaying twice appends once; None when it is no longer there.
        """
        raw = refused.raw if mended is None else mended
        if to not in (None, line):
            return self._move(line, refused, raw, to or line)
        keys = (streams.quarantine(line), streams.refused_from(line))
        with asking():
            entry = self._client.eval(_REPLAY, len(keys), *keys, refused.id, raw)
        return None if entry is None else entry.decode()

    def _move(self, line: str, refused: Refused, raw: bytes, to: str) -> str | None:
        """Keys of two lines may live on two servers of a cluster: no transaction spans them."""
        with asking():
            if not self._client.xrange(streams.quarantine(line), refused.id, refused.id):
                return None
            entry = self._client.xadd(streams.events(to), {FIELD: raw})
            self._client.xdel(streams.quarantine(line), refused.id)
        return str(entry.decode())


def _refused(entry: bytes, fields: dict[bytes, bytes]) -> Refused:
    reason = fields.get(b"reason", b"").decode(errors="replace")
    return Refused(entry.decode(), fields.get(FIELD, b""), reason, fields.get(b"id", b"").decode())
