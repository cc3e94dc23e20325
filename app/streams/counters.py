"""Small counters that expire: how often somebody tried, how many events a token sent this minute."""

from app.streams.connection import Client, asking

_ADD = """
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum
"""


class Counters:
    """Counters shared by all web workers, kept under `count:`; each dies `window_ms` after its first use.

    Every call may raise ServerAway.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, name: str, window_ms: int, amount: int = 1) -> int:
        """Add `amount` and return the sum within the window. Atomic."""
        with asking():
            return int(self._client.eval(_ADD, 1, _key(name), amount, window_ms))

    def read(self, name: str) -> int:
        """Return the sum within the current window; 0 when none began."""
        with asking():
            return int(self._client.get(_key(name)) or 0)

    def left_ms(self, name: str) -> int:
        """Return how long the current window still lasts; 0 when none began."""
        with asking():
            return max(0, int(self._client.pttl(_key(name))))

    def forget(self, name: str) -> None:
        """Start again at nothing."""
        with asking():
            self._client.delete(_key(name))


def _key(name: str) -> str:
    return f"count:{name}"
