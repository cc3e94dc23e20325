"""The last board of each line, as the engine left it."""

from app.domain.events import streams
from app.streams.connection import Client, asking


class RedisBoards:
    """Reads `live:{line}` and `signals:{line}`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def last(self, line: str) -> bytes | None:
        """Return the bytes of the line's last board, or None. Raises ServerAway."""
        with asking():
            found = self._client.get(streams.live(line))
        return found if isinstance(found, bytes) else None

    def signals(self, line: str) -> bytes | None:
        """Return the bytes of what the line's signals last said, or None. Raises ServerAway."""
        with asking():
            found = self._client.get(streams.signals(line))
        return found if isinstance(found, bytes) else None
