"""The decider: the parts of the decision loop, each at its own pace, one after the other.

One works for a database at a time (a lease in Redis); a standby takes over. What a part writes is keyed by what it is
about, so a kill in a step repeats it without doing anything twice.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from app.connectors.base import NotDelivered
from app.historian.away import DatabaseAway
from app.streams.connection import ServerAway
from app.streams.leases import Lease, Leases

log = logging.getLogger(__name__)
LEASE, LEASE_MS = "decider", 60_000
LOOK_S = 1.0


class Step(Protocol):
    """What a part does each time it is due; now: UTC ms. Raises ServerAway, DatabaseAway, NotDelivered."""

    def __call__(self, now: int, /) -> None:
        """Do it."""


@dataclass(slots=True)
class Part:
    """A part of the loop. every_ms: its pace; problem: what went wrong with its last step, in words."""

    name: str
    every_ms: int
    step: Step
    due_at: int = 0
    problem: str | None = None


@dataclass(slots=True)
class Decider:
    """Runs parts. leases: of this process; now: UTC ms."""

    parts: Sequence[Part]
    leases: Leases
    now: Callable[[], int]
    _steps: dict[str, int] = field(default_factory=dict)
    _held: list[Lease] = field(default_factory=list)

    def go(self) -> None:
        """Run every part that is due, unless another decider works for this database. Raises ServerAway."""
        if not self._is_ours():
            return
        for part in self.parts:
            now = self.now()
            if now >= part.due_at or part.due_at > now + part.every_ms:
                part.due_at = now + part.every_ms
                self._run(part, now)

    def figures(self) -> Mapping[str, float]:
        """Return how often each part ran."""
        return {name: float(count) for name, count in self._steps.items()}

    def problem(self) -> str | None:
        """Return what is wrong with the parts, in words."""
        return "; ".join(f"{part.name}: {part.problem}" for part in self.parts if part.problem) or None

    def close(self) -> None:
        """Let another decider take over at once. Raises ServerAway."""
        self.leases.release(self._held)

    def _is_ours(self) -> bool:
        self._held = self.leases.renew(self._held) or self.leases.acquire([LEASE])
        return bool(self._held)

    def _run(self, part: Part, now: int) -> None:
        try:
            part.step(now)
        except (ServerAway, DatabaseAway) as away:
            part.problem = str(away)
        except NotDelivered as error:
            if part.problem != str(error):
                log.warning("a part of the decision loop waits", extra={"part": part.name, "why": str(error)})
            part.problem = str(error)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            if part.problem != said:
                log.exception("a part of the decision loop failed; the others go on", extra={"part": part.name})
            part.problem = said
        else:
            if part.problem is not None:
                log.info("a part of the decision loop goes on", extra={"part": part.name})
            part.problem = None
            self._steps[part.name] = self._steps.get(part.name, 0) + 1


def run_decider(decider: Decider, stop: Event, say: Callable[[Mapping[str, float], str | None], None]) -> None:
    """Work until `stop` is set. say: (figures, what is wrong) for those who watch."""
    while not stop.is_set():
        away = None
        try:
            decider.go()
        except ServerAway as error:
            away = str(error)
        say(decider.figures(), away or decider.problem())
        stop.wait(LOOK_S)
    with suppress(ServerAway):
        decider.close()
