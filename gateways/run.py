"""A source for ever: listen, map, keep on disk, send; when the source or Redis is away, wait and go on."""

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from app.domain.events.codec import decode
from app.domain.plant.equipment import Source
from app.streams.connection import ServerAway
from app.streams.health import Health, ProcessHealth
from app.streams.ingest import IngestLog, identity
from gateways.base import Away, Gateway, Resuming, Sample
from gateways.mapping import Mapper
from gateways.spool import Spool

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
ENTRIES = 1_000
SYNC_S, HEALTH_MS = 1.0, 2_000
STOP_AGAIN_S = 1.0
ROLE = "gateway"
log = structlog.get_logger("lineside.gateway")


@dataclass(slots=True)
class Figures:
    """What health says. offset_ms: how far the source's clock is ahead of ours, as its last samples say."""

    events: int = 0
    sent: int = 0
    samples: int = 0
    offset_ms: int = 0
    problem: str | None = "not connected yet"
    at: int = 0


@dataclass(slots=True)
class Runner:
    """One source. now: UTC ms."""

    source: Source
    gateway: Gateway
    mapper: Mapper
    spool: Spool
    ingest: IngestLog
    health: Health
    now: Callable[[], int]
    figures: Figures = field(default_factory=Figures)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, samples: Sequence[Sample], place: str | None = None, /) -> None:
        """Take samples: mapped, and on disk when this returns. Raises OSError when the disk takes nothing more."""
        now = self.now()
        told = self.mapper.events(samples, now)
        if samples and samples[-1].t is not None and not samples[-1].stored and not samples[-1].snapshot:
            self.figures.offset_ms = samples[-1].t - now
        with self._lock:
            self.spool.append(told, place)
        self.figures.problem = None
        self.figures.samples += len(samples)
        self.figures.events += len(told)

    async def listen(self) -> None:
        """Listen for ever; a source that is away is tried again, later and later, with chance in it."""
        pause = FIRST_PAUSE_S
        structlog.contextvars.bind_contextvars(source=self.source.id)
        if self.spool.heard is not None and isinstance(self.gateway, Resuming):
            self.gateway.go_on(self.spool.heard)
        while True:
            before = self.figures.samples
            try:
                await self.gateway.listen(self.hear)
                self._say("the source ended the connection")
            except Away as error:
                self._say(str(error))
            except OSError as error:
                self._say(f"what was heard cannot be kept: {error}")
            pause = FIRST_PAUSE_S if self.figures.samples > before else min(2 * pause, LONGEST_PAUSE_S)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 (spreads reconnects, no secret)

    def _say(self, problem: str) -> None:
        if self.figures.problem != problem:
            log.warning("a source is away", source=self.source.id, problem=problem)
        self.figures.problem = problem

    def send(self, stop: threading.Event) -> None:
        """Send what is on disk, oldest first, until told to stop; while Redis is away it stays on disk."""
        while not stop.is_set():
            try:
                busy = self.step()
                self._tell_health()
            except ServerAway:
                busy = False
            except OSError as error:
                self._say(f"how far was sent cannot be noted: {error}")
                busy = False
            if not busy:
                with self._lock:
                    self.spool.sync()
                stop.wait(SYNC_S / 4)

    def step(self) -> bool:
        """Send one piece; False when there was none. Raises ServerAway: nothing is lost, what was sent is known."""
        with self._lock:
            piece = self.spool.next(ENTRIES)
        if piece is None:
            return False
        by_line: dict[str, list[tuple[str, bytes]]] = {}
        for line, raw in piece.rows:
            by_line.setdefault(line, []).append((identity(decode(raw)), raw))
        for line, rows in by_line.items():
            self.ingest.ingest(line, rows)
        with self._lock:
            self.spool.sent(piece)
        self.figures.sent += len(piece.rows)
        return True

    def _tell_health(self) -> None:
        now, figures = self.now(), self.figures
        if 0 <= now - figures.at < HEALTH_MS:
            return
        figures.at = now
        said = {
            "samples": float(figures.samples),
            "events": float(figures.events),
            "waiting": float(self.spool.waiting()),
            "dropped": float(self.spool.dropped),
            "unmapped": float(len(self.mapper.unknown)),
            "clock_offset_ms": float(figures.offset_ms),
        }
        self.health.say(ROLE, ProcessHealth(self.source.id, now, said, (), figures.problem))


async def _ended(listeners: Sequence[asyncio.Task[None]]) -> list[BaseException | None]:
    """Tell listeners to end until they have: a library may lose the word (Python 3.11, bpo-42130)."""
    while waiting := [listener for listener in listeners if not listener.done()]:
        for listener in waiting:
            listener.cancel()
        await asyncio.wait(waiting, timeout=STOP_AGAIN_S)
    return await asyncio.gather(*listeners, return_exceptions=True)


async def run(runners: Sequence[Runner], stop: threading.Event) -> None:
    """Run sources side by side until told to stop; what was heard is on disk then."""
    senders = [threading.Thread(target=runner.send, args=(stop,)) for runner in runners]
    for sender in senders:
        sender.start()
    listeners = [asyncio.create_task(runner.listen()) for runner in runners]
    while not stop.is_set() and not any(listener.done() for listener in listeners):
        await asyncio.sleep(0.1)
    stop.set()
    found = await _ended(listeners)
    for sender in senders:
        sender.join()
    for runner in runners:
        with suppress(OSError):
            runner.spool.close()
    failed = [one for one in found if isinstance(one, Exception)]
    if failed:
        raise failed[0]
