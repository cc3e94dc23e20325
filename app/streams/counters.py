"""Small counters that expire: how often somebody tried, how many events a token sent this minute."""

from typing import Any

from redis import Redis


class Counters:
    """Counters shared by all web workers, kept in Redis under `count:`; each dies `window_ms` after its first use."""

    def __init__(self, client: "Redis[Any] | Redis") -> None:
        self._client = client

    def add(self, name: str, window_ms: int, amount: int = 1) -> int:
        """Add `amount` and return the sum within the window. Atomic. Raises redis' ConnectionError when it is away."""
        key = f"count:{name}"
        pipeline = self._client.pipeline(transaction=True)
        pipeline.set(key, 0, px=window_ms, nx=True)
        pipeline.incrby(key, amount)
        return int(pipeline.execute()[1])

    def read(self, name: str) -> int:
        """Return the sum within the current window; 0 when none began."""
        return int(self._client.get(f"count:{name}") or 0)

    def forget(self, name: str) -> None:
        """Start again at nothing."""
        self._client.delete(f"count:{name}")
