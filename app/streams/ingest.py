"""The door's append: an event seen before is answered `duplicate`, a new one is on the log when we say `accepted`."""

from collections.abc import Iterable
from typing import Literal

from app.domain.events import streams
from app.domain.events.contract import Envelope
from app.streams.connection import Client, asking

Verdict = Literal["accepted", "duplicate"]
REMEMBERED = 50_000
CHUNK = 500
_APPEND = """
local verdicts, top = {}, redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local order = tonumber(top[2] or '0')
for i = 2, #ARGV, 2 do
  order = order + 1
  local is_new = redis.call('ZADD', KEYS[1], 'NX', order, ARGV[i])
  if is_new == 1 then redis.call('XADD', KEYS[2], '*', 'e', ARGV[i + 1]) end
  verdicts[#verdicts + 1] = is_new
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[1]))
return verdicts
"""


def identity(event: Envelope) -> str:
    """Return what makes an event this event (DOMAIN section 6)."""
    return f"{event.source}\x00{event.epoch}\x00{event.seq}"


class IngestLog:
    """Appends events of a line, each identity once.

    remembered: how many identities a line keeps; what is older is appended again and recognised by the ledger, which
    never forgets.
    """

    def __init__(self, client: Client, remembered: int = REMEMBERED) -> None:
        self._client = client
        self._remembered = remembered

    def ingest(self, line: str, events: Iterable[tuple[str, bytes]]) -> list[Verdict]:
        """Append (identity, raw) pairs in order and return a verdict for each.

        Look-up and append are one step in chunks of 500: a kill leaves a prefix, and sending all of it again is right.
        Raises ServerAway.
        """
        rows = list(events)
        keys = (streams.seen(line), streams.events(line))
        verdicts: list[Verdict] = []
        for at in range(0, len(rows), CHUNK):
            flat = [part for row in rows[at : at + CHUNK] for part in row]
            with asking():
                answers = self._client.eval(_APPEND, len(keys), *keys, self._remembered, *flat)
            verdicts += ["accepted" if answer else "duplicate" for answer in answers]
        return verdicts
