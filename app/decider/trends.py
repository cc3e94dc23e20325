"""Keeps what signals were: reads the lines' streams, remembers good values by the minute, notes what came late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.events.codec import MalformedEvent, decode
from app.domain.events.contract import Measured
from app.domain.interval import DAY_MS
from app.historian.trends import Trends
from app.streams.late import LateIndex
from app.streams.log import START, LineLog

BATCH = 20_000
MOST_ROUNDS = 5
_VALUE = b'"value"'
Value = tuple[str, str, int, float]


@dataclass(frozen=True, slots=True)
class TrendKeeper:
    """A part of the decider. lines: paths; a kill repeats a batch or not: position and values change together."""

    log: LineLog
    trends: Trends
    late: LateIndex
    lines: Sequence[str]
    keep_days: int = 35

    def step(self, now: int) -> None:
        """Take in what is new, a bounded amount at a time; forget what is old. Raises ServerAway, DatabaseAway."""
        known = self.trends.positions()
        places = {line: known.get(line, START.decode()).encode() for line in self.lines}
        for _ in range(MOST_ROUNDS):
            batches = self.log.read(places, BATCH)
            for line, batch in batches.items():
                self.late.note(line, batch)
                self.trends.take(line, good_values(batch.raws), batch.last.decode())
                places[line] = batch.last
            if all(len(batch.raws) < BATCH for batch in batches.values()):
                break
        self.trends.forget(now - self.keep_days * DAY_MS)


def good_values(raws: Sequence[bytes]) -> Iterator[Value]:
    """Yield (machine, signal, UTC ms, value) of every number said with status good."""
    for raw in raws:
        if _VALUE not in raw:
            continue
        try:
            event = decode(raw)
        except MalformedEvent:
            continue
        if not isinstance(event, Measured) or event.status != "good" or isinstance(event.value, bool):
            continue
        if isinstance(event.value, int | float):
            yield event.machine, event.signal, event.t, float(event.value)
