"""How the processes are: each says so every few seconds; `/readyz` and `/metrics` read it."""

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType

import msgspec

from app.streams.connection import Client, ServerAway, asking

FORGOTTEN_MS = 3_600_000


class ProcessHealth(msgspec.Struct, frozen=True):
    """One process's own words. at: UTC ms of the last sign of life; the figures are the role's own.

    Engine: owned (lines), events, events_per_s, lag_ms (age of the oldest unread event), freshest_ms (newest event
    time seen, UTC ms), duplicates, quarantined, commits, lost_leases. Historian: entries (taken since it started),
    outages. problem: what it waits for, in words; None when all is well.
    """

    owner: str
    at: int
    figures: dict[str, float]
    lines: tuple[str, ...] = ()
    problem: str | None = None


class Health:
    """Signs of life in the hash `health:<role>`, a field per process. Every call may raise ServerAway."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def say(self, role: str, health: ProcessHealth) -> None:
        """Write a process's health; `role` is engine or historian."""
        with asking():
            self._client.hset(_key(role), health.owner, msgspec.json.encode(health))

    def gone(self, role: str, owner: str) -> None:
        """Take a process's health away: it stopped on purpose."""
        with asking():
            self._client.hdel(_key(role), owner)

    def read(self, role: str, now: int) -> list[ProcessHealth]:
        """Return what the processes of a role said last, newest first; forgets those silent for an hour."""
        with asking():
            said: Mapping[bytes, bytes] = self._client.hgetall(_key(role))
        found = [msgspec.json.decode(raw, type=ProcessHealth) for raw in said.values()]
        for health in found:
            if now - health.at > FORGOTTEN_MS:
                self.gone(role, health.owner)
        kept = [health for health in found if now - health.at <= FORGOTTEN_MS]
        return sorted(kept, key=lambda health: -health.at)


class Teller:
    """Says the health of this process; when the server is away nobody could hear it anyway. Leaves with `with`."""

    def __init__(self, client: Client, role: str, now: Callable[[], int]) -> None:
        self._health = Health(client)
        self._role = role
        self._now = now
        self._owner = f"{socket.gethostname()}:{os.getpid()}"

    def say(self, figures: Mapping[str, float], problem: str | None) -> None:
        """Say the figures and what is wrong in words."""
        with suppress(ServerAway):
            said = ProcessHealth(self._owner, self._now(), dict(figures), problem=problem)
            self._health.say(self._role, said)

    def __enter__(self) -> "Teller":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(ServerAway):
            self._health.gone(self._role, self._owner)


def _key(role: str) -> str:
    return f"health:{role}"
