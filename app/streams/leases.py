"""Who may write a line: a lease that expires, and a fencing token that rises with every new owner.

The token lives in the line's checkpoint hash, beside what it protects: a commit with an older token is refused even
while the older owner still believes in its lease (Kleppmann, "How to do distributed locking").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.events import streams
from app.streams.connection import Client, asking

LEASE_MS = 5_000
_ACQUIRE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return false end
local token = redis.call('HINCRBY', KEYS[2], 'token', 1)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return token
"""
_RENEW = """
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
"""
_RELEASE = """
if redis.call('HGET', KEYS[2], 'token') == ARGV[2] and redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write a line, as long as nobody got a higher token."""

    line: str
    owner: str
    token: int


class Leases:
    """Leases of one owner. ttl_ms: how long after the owner's last sign of life another one may take over."""

    def __init__(self, client: Client, owner: str, ttl_ms: int = LEASE_MS) -> None:
        self._client = client
        self.owner = owner
        self.ttl_ms = ttl_ms

    def acquire(self, lines: Sequence[str]) -> list[Lease]:
        """Take every one of `lines` that nobody holds, in one round trip. Raises ServerAway."""
        answers = self._each(_ACQUIRE, [(line, (self.owner, self.ttl_ms)) for line in lines])
        return [Lease(line, self.owner, int(token)) for line, token in zip(lines, answers, strict=True) if token]

    def renew(self, leases: Sequence[Lease]) -> list[Lease]:
        """Prolong leases and return those still held. A commit prolongs too; this is for lines without commits."""
        wanted = [(lease.line, (self.owner, lease.token, self.ttl_ms)) for lease in leases]
        return [lease for lease, is_held in zip(leases, self._each(_RENEW, wanted), strict=True) if is_held]

    def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back so that another owner need not wait; a lease that was lost is left alone."""
        self._each(_RELEASE, [(lease.line, (self.owner, lease.token)) for lease in leases])

    def holder(self, line: str) -> str | None:
        """Return who holds the line, or None."""
        with asking():
            found = self._client.get(streams.lease(line))
        return None if found is None else str(found.decode())

    def _each(self, script: str, wanted: Sequence[tuple[str, tuple[object, ...]]]) -> list[int | None]:
        if not wanted:
            return []
        pipeline = self._client.pipeline(transaction=False)
        for line, arguments in wanted:
            pipeline.execute_command("EVAL", script, 2, streams.lease(line), streams.state(line), *arguments)
        with asking():
            return list(pipeline.execute())
