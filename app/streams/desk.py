"""What people say goes onto the line's stream: numbered, at most once, and never over what they did not see."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.domain.events import streams
from app.domain.events.codec import encode
from app.domain.events.contract import Event
from app.streams.connection import Client, asking

KEEP_MS = 7 * 86_400_000

# One atomic script on the line's slot, in this order: (1) this command was already taken: its receipt again;
# (2) somebody said something else about one of the stops since: refuse with it; (3) number the event; (4) append it;
# (5) remember what was said and the receipt. A kill before it leaves nothing, after it everything.
_SAY = """
local before = redis.call('GET', KEYS[3])
if before then return {'again', before} end
for i = 4, #KEYS do
  local last = redis.call('GET', KEYS[i]) or ''
  if last ~= ARGV[2 * i - 1] then return {'changed', last} end
end
redis.call('HSETNX', KEYS[2], 'epoch|' .. ARGV[1], ARGV[2])
local epoch = redis.call('HGET', KEYS[2], 'epoch|' .. ARGV[1])
local seq = redis.call('HINCRBY', KEYS[2], 'seq|' .. ARGV[1], 1)
local entry = ARGV[3] .. '"epoch":' .. epoch .. ',"seq":' .. seq .. ARGV[4]
local id = redis.call('XADD', KEYS[1], '*', ARGV[5], entry)
for i = 4, #KEYS do redis.call('SET', KEYS[i], ARGV[2 * i], 'PX', ARGV[6]) end
redis.call('SET', KEYS[3], id, 'PX', ARGV[6])
return {'taken', id}
"""
_MARK = b'"epoch":0,"seq":0'


class Changed(RuntimeError):
    """Somebody said something else about it in between; `last` is what."""

    def __init__(self, last: str) -> None:
        super().__init__(last)
        self.last = last


@dataclass(frozen=True, slots=True)
class Claimed:
    """The optimistic lock of a stop. about: the stop; before: what was last said (`''`: nothing); after: now."""

    about: str
    before: str
    after: str


class Desk:
    """Appends people's events. One source per person and line; its epoch is when they first spoke there."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def last_said(self, line: str, about: str) -> str:
        """Return what was last said about a stop, `''` when nobody said anything lately. Raises ServerAway."""
        with asking():
            found = self._client.get(streams.said(line, about))
        return found.decode() if isinstance(found, bytes) else ""

    def say(self, line: str, event: Event, *, key: str = "", locks: Sequence[Claimed] = ()) -> str:
        """Append `event` and return its stream id; its epoch and seq are given here, whatever it carries.

        key: a command sent twice with the same key is taken once. locks: refuses with Changed when one of the stops
        was spoken about in between. Raises ServerAway: try again with the same key.
        """
        head, _, tail = encode(msgspec.structs.replace(event, epoch=0, seq=0)).partition(_MARK)
        once = key or secrets.token_hex(12)
        keys = (
            streams.events(line),
            streams.persons(line),
            streams.said(line, f"key:{once}"),
            *(streams.said(line, claim.about) for claim in locks),
        )
        claims = [text for claim in locks for text in (claim.before, claim.after)]
        args = (event.source, event.t, head, tail, streams.FIELD, KEEP_MS, *claims)
        with asking():
            outcome, told = self._client.eval(_SAY, len(keys), *keys, *args)
        if outcome == b"changed":
            raise Changed(told.decode())
        return str(told.decode())
