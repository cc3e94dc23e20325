"""How the processes are: each says so every few seconds; `/readyz` and `/metrics` read it."""

from collections.abc import Mapping

import msgspec

from app.streams.connection import Client, asking

FORGOTTEN_MS = 3_600_000


class ProcessHealth(msgspec.Struct, frozen=True):
    """One process's own words. at: UTC ms of the last sign of life; the figures are the role's own.

    Engine: owned (lines), events, events_per_s, lag_ms (age of the oldest unread event), freshest_ms (newest event
    time seen, UTC ms), duplicates, quarantined, commits, lost_leases.
    """

    owner: str
    at: int
    figures: dict[str, float]
    lines: tuple[str, ...] = ()


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


def _key(role: str) -> str:
    return f"health:{role}"
