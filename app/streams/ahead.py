"""Reading a backlog line after line: while one batch is worked on, the server already answers with the next.

One line at a time, so that a batch is still near the processor when it is worked on: a hundred lines' batches at once
are not, and cost half as much again per event. Reading ahead is a help, never a need: where it fails (a cluster, a
cut connection), the log's ordinary read takes over, with its retries and its errors.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from redis.exceptions import RedisError

from app.streams.connection import Client
from app.streams.log import Batch, LineLog, batch_of, reading

_NO_ANSWER = object()


class _Request(NamedTuple):
    line: str
    position: bytes
    most: int


class BacklogReader:
    """Reads batches of lines that are far behind. One request may be under way between calls. Not thread-safe."""

    def __init__(self, client: Client, log: LineLog) -> None:
        self._pool: Any = getattr(client, "connection_pool", None)  # a cluster has one per node
        self._log = log
        self._under_way: tuple[_Request, Any] | None = None

    def read(self, positions: Mapping[str, bytes], count: int) -> Iterator[tuple[str, Batch]]:
        """Yield up to `count` entries after each line's position, one batch a line; lines without news are left out.

        Whoever takes the batches goes on from their ends. Raises ServerAway.
        """
        wanted = [_Request(line, position, count) for line, position in positions.items()]
        for at, request in enumerate(wanted):
            batch = self._answer(request)
            if batch is not None:
                wanted[at] = request._replace(position=batch.last)
            self._ask(wanted[(at + 1) % len(wanted)])
            if batch is not None:
                yield request.line, batch
        if not wanted:
            self.drop()

    def drop(self) -> None:
        """Let go of the answer under way, if there is one: nothing is read after it."""
        if self._under_way is not None:
            self._receive()

    def _ask(self, request: _Request) -> None:
        if self._pool is None:
            return
        connection = None
        try:
            connection = self._pool.get_connection()
            connection.send_command(*reading(*request))
        except (RedisError, OSError):
            if connection is not None:
                self._hang_up(connection)
            return
        self._under_way = request, connection

    def _answer(self, request: _Request) -> Batch | None:
        if self._under_way is not None:
            asked, answer = self._receive()
            if asked == request and answer is not _NO_ANSWER:
                return batch_of(answer) if answer else None
        return self._log.read({request.line: request.position}, request.most).get(request.line)

    def _receive(self) -> tuple[_Request, Any]:
        """Take the answer under way off its connection, and give the connection back."""
        assert self._under_way is not None
        request, connection = self._under_way
        self._under_way = None
        try:
            answer = connection.read_response()
        except (RedisError, OSError):
            self._hang_up(connection)
            return request, _NO_ANSWER
        self._pool.release(connection)
        return request, answer

    def _hang_up(self, connection: Any) -> None:
        connection.disconnect()
        self._pool.release(connection)
