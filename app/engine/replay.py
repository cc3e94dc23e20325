"""The events of a stream as the engine took them: what it refused is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.events.contract import Event
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import WorkCenter
from app.engine.step import judge
from app.streams.connection import Client
from app.streams.log import START, LineLog, entry_ms
from app.streams.quarantine import Quarantine

COUNT = 5_000
WARM_MS = DAY_MS
"""A stream whose beginning was dropped says for a day only how things stood: states, orders, totals of counters."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Reads one line's stream. Every call may raise ServerAway."""

    client: Client
    line: WorkCenter

    def since(self) -> int | None:
        """Return from when on (UTC ms) the stream tells everything; None: from its very beginning."""
        log = LineLog(self.client)
        if not log.was_trimmed(self.line.path):
            return None
        return entry_ms(log.info(self.line.path).first) + WARM_MS

    def events(self) -> Iterator[tuple[str, Event]]:
        """Yield (line path, event) in the stream's order, up to its end."""
        log, quarantine, path = LineLog(self.client), Quarantine(self.client), self.line.path
        known = frozenset({path, *(machine.path for machine in self.line.machines)})
        refused = {entry.entry.encode() for entry in quarantine.list(path, quarantine.count(path))}
        position = START
        while batch := log.read({path: position}, COUNT).get(path):
            position = batch.last
            kept = [raw for raw, entry in zip(batch.raws, batch.ids, strict=True) if entry not in refused]
            if kept:
                for event in judge(kept, known, entry_ms(batch.last)).events:
                    yield path, event
