"""The engine: read -> apply -> commit, for every line it owns, for ever.

It owns lines by lease and shares them fairly with other engines. Redis away: it keeps what it knows, tries again with
growing pauses, and then proves that it still owns its lines. Overtaken by another engine: it stops writing at once.
"""

import gc
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import structlog

from app.domain.accounting.day import PAGE_MS
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Plant
from app.engine.owned import Care, OwnedLine
from app.engine.pace import Every, Pace
from app.streams.ahead import BacklogReader
from app.streams.commit import Commit, Commits
from app.streams.connection import Client, ServerAway, check
from app.streams.health import Health, ProcessHealth
from app.streams.leases import LEASE_MS, Lease, Leases
from app.streams.log import LineLog, entry_key, entry_ms

Clock = Callable[[], int]
log = structlog.get_logger("lineside.engine")
ROLE = "engine"
ALIVE_MS = 10_000
HEALTH_EVERY_MS = 2_000
CLAIM_EVERY_MS = 1_000
TRIM_EVERY_MS = 60_000
GARBAGE_EVERY = 50_000
"""Allocations between collections: events are not tracked, what the ledger keeps is; collecting it often is waste."""


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """How an engine behaves. owner: name of this process, unique; batch: entries per line and read.

    tick_ms: how often facts and boards are committed; idle_ms: pause after a read without news; ttl_ms: lease;
    keep_days: events older than this may be dropped once they are committed; longest_pause_ms: while Redis is away.
    """

    owner: str
    tick_ms: int = 1_000
    batch: int = 5_000
    idle_ms: int = 50
    ttl_ms: int = LEASE_MS
    keep_days: int = 35
    longest_pause_ms: int = 2_000


def run_engine(
    client: Client, plant: Plant, clock: Clock, stop: threading.Event, *, tick_ms: int = 1_000, keep_days: int = 35
) -> None:
    """Run an engine in this process until `stop` is set (SIGTERM, SIGINT): it then commits and releases its lines.

    clock: UTC ms. A kill at any instant changes no total: the next engine continues from the checkpoints.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE_EVERY, 50, 100)
    config = EngineConfig(
        f"{socket.gethostname()}:{os.getpid()}", tick_ms=tick_ms, keep_days=keep_days, ttl_ms=max(LEASE_MS, 3 * tick_ms)
    )
    Engine(client, plant, clock, config).run(stop)


@dataclass(slots=True)
class _Figures:
    events: int = 0
    commits: int = 0
    lost_leases: int = 0
    told_events: int = 0
    told_at: int = 0


@dataclass(slots=True)
class _Timers:
    claim: Every = field(default_factory=lambda: Every(CLAIM_EVERY_MS))
    health: Every = field(default_factory=lambda: Every(HEALTH_EVERY_MS))
    trim: Every = field(default_factory=lambda: Every(TRIM_EVERY_MS))


class Engine:
    """One engine process. clock: UTC ms, the only one."""

    def __init__(self, client: Client, plant: Plant, clock: Clock, config: EngineConfig) -> None:
        self._plant = plant
        self._clock = clock
        self._config = config
        self._client = client
        self._log = LineLog(client)
        self._backlog = BacklogReader(client, self._log)
        self._leases = Leases(client, config.owner, config.ttl_ms)
        self._commits = Commits(client)
        self._health = Health(client)
        self._paths = [line.path for line in plant.lines()]
        self._care = {path: Care() for path in self._paths}
        self._timers = _Timers()
        self._pace = Pace(config.tick_ms)
        self._figures = _Figures()
        self._is_away = False
        self._behind: dict[str, int] = {}
        self.owned: dict[str, OwnedLine] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then commit everything and give the lines back. Survives Redis being away."""
        log.info("engine started", owner=self._config.owner, lines=len(self._paths))
        pause_ms = self._config.idle_ms
        while not stop.is_set():
            try:
                if self._is_away:
                    self._prove()
                is_busy = self.cycle()
                pause_ms = self._config.idle_ms
            except ServerAway as error:
                self._say_away(error)
                is_busy, pause_ms = False, min(pause_ms * 2, self._config.longest_pause_ms)
            if not is_busy:
                stop.wait(pause_ms / 1000)
        self.finish()

    def cycle(self) -> bool:
        """Do one round; return whether there may be more to read at once. Raises ServerAway."""
        now = self._clock()
        if self._timers.claim.is_due(now):
            self._claim(now)
        is_busy = self._read(now)
        if self._pace.is_due(now, is_behind=is_busy):
            self.commit(now)
            self._pace.done(now, self._clock())
        if self._timers.health.is_due(now):
            self._say_health(now)
        if self._timers.trim.is_due(now):
            self._trim(now)
        return is_busy

    def finish(self) -> None:
        """Commit all lines with their checkpoint and release them; what cannot be committed is read again later."""
        self._backlog.drop()
        try:
            self.commit(self._clock(), last=True)
            self._leases.release([owned.lease for owned in self.owned.values()])
            self._health.gone(ROLE, self._config.owner)
        except ServerAway as error:
            log.warning("engine stopped while Redis is away; it continues from its checkpoints", error=str(error))
        self.owned = {}
        log.info("engine stopped", owner=self._config.owner, events=self._figures.events)

    def commit(self, now: int, *, last: bool = False) -> None:
        """Commit every owned line in one round trip; a line whose lease was lost is dropped. Raises ServerAway."""
        commits: list[tuple[OwnedLine, Commit]] = []
        for owned in [owned for owned in self.owned.values() if owned.is_sound]:
            try:
                commits.append((owned, owned.prepare(now, self._config.ttl_ms, last=last)))
            except ServerAway:
                raise
            except Exception:  # noqa: BLE001 - the engine loop: one line's failure is not the others'
                self._failed(owned)
        answers = self._commits.write([commit for _, commit in commits])
        for (owned, commit), is_written in zip(commits, answers, strict=True):
            if is_written:
                owned.committed(commit, now)
            else:
                self._overtaken(owned)
        self._figures.commits += sum(answers)

    def _read(self, now: int) -> bool:
        """Take what waits: of lines far behind one after the other, of all others together."""
        positions: dict[bool, dict[str, bytes]] = {True: {}, False: {}}
        for path, owned in self.owned.items():
            positions[owned.is_behind][path] = owned.position
            owned.is_behind = False
        self._behind = {}
        together = self._log.read(positions[False], self._config.batch)
        for path, batch in chain(together.items(), self._backlog.read(positions[True], self._config.batch)):
            owned = self.owned[path]
            if not owned.is_sound:
                continue
            try:
                owned.take(batch, now)
            except ServerAway:
                raise
            except Exception:  # noqa: BLE001 - the engine loop: one line's failure is not the others'
                self._failed(owned)
            else:
                self._figures.events += len(batch.raws)
            owned.is_behind = len(batch.raws) >= self._config.batch
            if owned.is_behind:
                self._behind[path] = max(0, now - entry_ms(batch.last))
        return bool(self._behind)

    def _claim(self, now: int) -> None:
        """Prolong leases, reload what is not sound, take free lines up to a fair share, give back what is more."""
        held = {lease.line for lease in self._leases.renew([owned.lease for owned in self.owned.values()])}
        for owned in [owned for path, owned in self.owned.items() if path not in held]:
            self._overtaken(owned)
        for path, owned in list(self.owned.items()):
            if not owned.is_sound:
                self.owned[path] = self._open(owned.lease)
        share = self._share(now)
        if len(self.owned) > share:
            self._hand_over(list(self.owned.values())[share:], now)
        free = [path for path in self._paths if path not in self.owned][: max(0, share - len(self.owned))]
        wanted = [path for path in free if self._leases.holder(path) in (None, self._config.owner)]
        for lease in self._leases.acquire(wanted):
            self.owned[lease.line] = self._open(lease)
            log.info("line taken", line=lease.line, token=lease.token)

    def _share(self, now: int) -> int:
        """Return how many lines are this engine's: all, divided among the engines that live, rounded up."""
        said = self._health.read(ROLE, now)
        others = sum(abs(now - h.at) <= ALIVE_MS and h.owner != self._config.owner for h in said)
        return -(-len(self._paths) // (others + 1))

    def _hand_over(self, surplus: Sequence[OwnedLine], now: int) -> None:
        commits = [(owned, owned.prepare(now, self._config.ttl_ms, last=True)) for owned in surplus]
        self._commits.write([commit for _, commit in commits])
        self._leases.release([owned.lease for owned in surplus])
        for owned in surplus:
            del self.owned[owned.line.path]
            log.info("line handed over", line=owned.line.path)

    def _open(self, lease: Lease) -> OwnedLine:
        line = self._plant.line(lease.line)
        kept_ms = self._config.keep_days * DAY_MS
        return OwnedLine(line, self._plant, lease, self._commits, self._care[lease.line], kept_ms)

    def _prove(self) -> None:
        """After Redis was away: keep only lines still ours, and read again from the checkpoint what the log lost."""
        check(self._client)
        held = {lease.line for lease in self._leases.renew([owned.lease for owned in self.owned.values()])}
        for path, owned in list(self.owned.items()):
            if path not in held:
                self._overtaken(owned)
            elif not owned.is_sound or entry_key(self._log.info(path).last) < entry_key(owned.position):
                self.owned[path] = self._open(owned.lease)
        self._is_away = False
        log.warning("Redis is back", lines=len(self.owned))

    def _overtaken(self, owned: OwnedLine) -> None:
        self.owned.pop(owned.line.path, None)
        self._figures.lost_leases += 1
        log.warning("line lost to another engine; nothing more is written", line=owned.line.path)

    def _failed(self, owned: OwnedLine) -> None:
        """Log the error being handled; the line is loaded again from its checkpoint with the next claim."""
        log.exception("line failed; it continues from its checkpoint", line=owned.line.path)

    def _say_away(self, error: ServerAway) -> None:
        if not self._is_away:
            log.warning("Redis went away; the engine waits", error=str(error))
        self._is_away = True

    def _trim(self, now: int) -> None:
        """Let go of what is old behind what was read: a line that has not been read for weeks forgets nothing of it.

        Events stay on the stream, too, until history and the archive are as far: without them it could not be rebuilt.
        """
        for path, owned in self.owned.items():
            kept_ms = self._config.keep_days * DAY_MS
            oldest = max(0, min(now, entry_ms(owned.position)) - kept_ms)
            behind_history = min(oldest, entry_ms(self._log.in_history(path)) - kept_ms)
            behind = [self._commits.read(path).position, self._log.in_archive(path)]
            held = min((entry for entry in behind if entry is not None), key=entry_key)
            trimmed = self._log.trim(path, held, behind_history)
            if trimmed:
                log.info("old events dropped", line=path, events=trimmed)
            self._log.trim_refused(path, oldest)
            owned.ledger.forget(oldest)
            self._commits.forget_pages(path, oldest // PAGE_MS)

    def _say_health(self, now: int) -> None:
        figures, owned = self._figures, self.owned.values()
        span_ms = max(1, now - figures.told_at) if figures.told_at else HEALTH_EVERY_MS
        said = {
            "owned": len(self.owned),
            "events": figures.events,
            "events_per_s": (figures.events - figures.told_events) * 1000 / span_ms,
            "lag_ms": max(self._behind.values(), default=0),
            "freshest_ms": max((line.freshest for line in owned), default=0),
            "duplicates": sum(line.ledger.duplicates() for line in owned),
            "quarantined": sum(line.quarantined for line in owned),
            "commits": figures.commits,
            "lost_leases": figures.lost_leases,
        }
        figures.told_events, figures.told_at = figures.events, now
        self._health.say(ROLE, ProcessHealth(self._config.owner, now, said, tuple(self.owned)))
