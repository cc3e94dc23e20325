"""Pushes boards to browsers: one reader per worker, the same bytes to every subscriber, the newest one wins.

Everything here runs on the server's event loop. A slow reader never holds a backlog: each subscriber keeps one slot,
and what is newer replaces what was not yet sent. Beside its board a subscriber may get a notice: alerts have changed,
ask again what waits. It names nothing, so it may go to everybody; a page without a board listens to notices alone.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

HEARTBEAT = b": alive\n\n"
HEARTBEAT_EVERY_MS = 10_000
NOTICES = "~"
"""The topic of pages that show no board; no place of a plant has this name."""
NOTICE = b"event: alerts\ndata: 1\n\n"
ALIVE = b"event: alive\ndata: 1\n\n"
RETRY = b"retry: 1000\n\n"


class SnapshotSource(Protocol):
    """Where boards come from (app.streams.push). Reconnects for ever; returns only when cancelled."""

    async def run(self, heard: Callable[[str, bytes], None]) -> None:
        """Call `heard(line, board bytes)` for the last board of every line, then for each new one."""


Assemble = Callable[[str, Mapping[str, bytes], int], bytes | None]


def frame(payload: bytes) -> bytes:
    """Return the SSE frame of one snapshot; a payload is JSON on one line."""
    return b"event: snapshot\ndata: " + payload + b"\n\n"


class Subscriber:
    """One open connection: a slot for the newest frame, one for a notice, and a bell."""

    __slots__ = ("_bell", "closed", "fed_ms", "notice", "waiting")

    def __init__(self, first: bytes | None) -> None:
        self.waiting = first
        self.notice: bytes | None = None
        self.closed = False
        self.fed_ms = 0
        self._bell: asyncio.Future[None] | None = None

    def offer(self, what: bytes, now_ms: int) -> None:
        """Put the newest frame in the slot; what waited there is forgotten."""
        self.waiting = what
        self.fed_ms = now_ms
        self._ring()

    def tell(self, notice: bytes) -> None:
        """Put a notice beside the frame; one is enough."""
        self.notice = notice
        self._ring()

    def wake(self) -> None:
        """Have the connection look about, though there may be nothing to send."""
        self.notice = self.notice or b""
        self._ring()

    def close(self) -> None:
        """End the connection after what it is just sending."""
        self.closed = True
        self._ring()

    async def next(self) -> bytes | None:
        """Return the newest frame and notice as soon as there is one (empty: woken); None: the connection is over."""
        while self.waiting is None and self.notice is None and not self.closed:
            self._bell = asyncio.get_running_loop().create_future()
            await self._bell
        found = (self.waiting or b"") + (self.notice or b"")
        self.waiting = self.notice = None
        return None if self.closed else found

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)


@dataclass(slots=True)
class _Topic:
    last: bytes | None = None
    heartbeat: bytes = HEARTBEAT
    dirty: bool = False
    lines: frozenset[str] = frozenset()
    subscribers: set[Subscriber] = field(default_factory=set)


class Feed:
    """The boards of this worker and who listens to them.

    topics: topic -> lines it is made of; a line's own topic passes the engine's bytes through, an area's or site's is
    assembled at most once per tick. assemble: (topic, line -> bytes, now) -> bytes, None while there is nothing.
    """

    def __init__(
        self,
        source: SnapshotSource,
        topics: Mapping[str, Iterable[str]],
        assemble: Assemble,
        now: Callable[[], int],
        tick_ms: int = 1_000,
    ) -> None:
        self._source = source
        self._assemble = assemble
        self._now = now
        self._tick_s = tick_ms / 1000
        self._topics = {name: _Topic(lines=frozenset(lines)) for name, lines in topics.items()}
        self._groups = [name for name, topic in self._topics.items() if topic.lines != {name}]
        self._topics[NOTICES] = _Topic(heartbeat=ALIVE)
        self._boards: dict[str, bytes] = {}
        self._closing = False
        self.doubts = 0

    @property
    def subscribers(self) -> int:
        """How many connections are open in this worker."""
        return sum(len(topic.subscribers) for topic in self._topics.values())

    def knows(self, topic: str) -> bool:
        """Return whether the plant has this line, area or site."""
        return topic in self._topics

    def subscribe(self, topic: str) -> Subscriber:
        """Return a new subscriber of `topic`; its slot already holds the last frame. Raises KeyError."""
        found = self._topics[topic]
        if topic in self._groups and (found.last is None or not found.subscribers):
            self._refresh(topic)
        subscriber = Subscriber(found.last)
        subscriber.fed_ms = self._now()
        if self._closing:
            subscriber.close()
        found.subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, topic: str, subscriber: Subscriber) -> None:
        """Forget a connection."""
        self._topics[topic].subscribers.discard(subscriber)

    async def run(self) -> None:
        """Read and push until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._source.run(self.heard))
            tasks.create_task(self._tick_for_ever())

    def close(self) -> None:
        """End every connection; later ones end at once. The browsers reconnect by themselves."""
        self._closing = True
        for topic in self._topics.values():
            for subscriber in topic.subscribers:
                subscriber.close()

    def heard(self, line: str, payload: bytes) -> None:
        """Take a line's new board: hand its bytes on and mark the groups it belongs to."""
        if line not in self._topics or self._boards.get(line) == payload:
            return
        self._boards[line] = payload
        self._push(self._topics[line], frame(payload))
        for name in self._groups:
            if line in self._topics[name].lines:
                self._topics[name].dirty = True

    def notify(self) -> None:
        """Tell every connection that alerts have changed."""
        for topic in self._topics.values():
            for subscriber in topic.subscribers:
                subscriber.tell(NOTICE)

    def doubt(self) -> None:
        """Have every connection ask again whether it may see what it sees: somebody's rights have changed."""
        self.doubts += 1
        for topic in self._topics.values():
            for subscriber in topic.subscribers:
                subscriber.wake()

    def tick(self) -> None:
        """Assemble the groups somebody watches and keep silent connections alive."""
        now = self._now()
        for name in self._groups:
            topic = self._topics[name]
            if topic.dirty and topic.subscribers:
                self._refresh(name)
                if topic.last is not None:
                    self._push(topic, topic.last)
        for topic in self._topics.values():
            for subscriber in topic.subscribers:
                if now - subscriber.fed_ms >= HEARTBEAT_EVERY_MS and subscriber.waiting is None:
                    subscriber.offer(topic.heartbeat, now)

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._tick_s)
            self.tick()

    def _refresh(self, name: str) -> None:
        topic = self._topics[name]
        boards = {line: self._boards[line] for line in topic.lines if line in self._boards}
        payload = self._assemble(name, boards, self._now())
        topic.dirty = False
        if payload is not None:
            topic.last = frame(payload)

    def _push(self, topic: _Topic, what: bytes) -> None:
        topic.last = what
        now = self._now()
        for subscriber in topic.subscribers:
            subscriber.offer(what, now)
