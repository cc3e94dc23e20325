"""The process that drains the facts streams into SQL."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from app.domain.accounting.facts import Fact
from app.domain.interval import HOUR_MS
from app.historian import schema
from app.historian.writer import START, PositionMoved, positions, write

log = logging.getLogger(__name__)
ENTRIES = 200
IDLE_S = 0.5
AWAY_S = 2.0
TRIM_EVERY_MS = 60_000
KEEP_FACTS_MS = HOUR_MS
"""Facts in SQL stay on their stream for an hour: long enough to look at, short of what would fill the server."""
Trim = Callable[[str, bytes, int], int]
"""(line, position committed here, UTC ms of arrival) -> entries dropped that are older and behind it."""


class Told(Protocol):
    """One entry of a facts stream."""

    @property
    def id(self) -> bytes:
        """Its entry id."""

    @property
    def facts(self) -> Sequence[Fact]:
        """What was told together."""


class FactReader(Protocol):
    """Reads facts streams (app.streams.facts.FactLog)."""

    def read(self, positions: Mapping[str, bytes], count: int) -> Mapping[str, Sequence[Told]]:
        """Return up to `count` entries after each line's position."""


class Historian:
    """Drains the facts of `lines`. Two of them on one database do no harm: each entry is written by one.

    trim: drops from the stream what is safely in SQL; None keeps everything.
    """

    def __init__(
        self,
        engine: Engine,
        reader: FactReader,
        lines: Sequence[str],
        now: Callable[[], int],
        *,
        trim: Trim | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._now = now
        self._lines = lines
        self._trim = trim
        self._trimmed_at = 0
        self._positions = self._known()

    def drain(self) -> int:
        """Write what is there, at most ENTRIES a line, and return how many entries; 0 when there was nothing."""
        written = 0
        for line, told in self._reader.read(self._positions, ENTRIES).items():
            facts = [fact for entry in told for fact in entry.facts]
            try:
                write(self._engine, line, self._positions[line], facts, told[-1].id, self._now())
            except PositionMoved:
                self._positions = self._known()
                continue
            self._positions[line] = told[-1].id
            written += len(told)
        self._trim_streams()
        return written

    def _trim_streams(self) -> None:
        now = self._now()
        if self._trim is None or 0 <= now - self._trimmed_at < TRIM_EVERY_MS:
            return
        self._trimmed_at = now
        for line, position in positions(self._engine).items():
            self._trim(line, position, now - KEEP_FACTS_MS)

    def _known(self) -> dict[str, bytes]:
        return dict.fromkeys(self._lines, START) | {
            line: entry for line, entry in positions(self._engine).items() if line in self._lines
        }


def run_historian(historian: Historian, stop: Event, away: tuple[type[Exception], ...] = ()) -> None:
    """Drain until `stop` is set. away: errors of the reader that mean "try again later", logged once per outage."""
    later: tuple[type[Exception], ...] = (OperationalError, *away)
    is_away = False
    while not stop.is_set():
        try:
            written = historian.drain()
        except later as error:
            if not is_away:
                log.warning("history waits", extra={"error": str(error)})
            is_away = True
            stop.wait(AWAY_S)
            continue
        if is_away:
            log.info("history goes on")
        is_away = False
        if not written:
            stop.wait(IDLE_S)


def committed(engine: Engine) -> dict[str, tuple[bytes, int]]:
    """Return each line's position and when it was committed (UTC ms), for /readyz and lag."""
    table = schema.positions
    with engine.connect() as connection:
        rows = connection.execute(select(table.c.line, table.c.entry, table.c.committed_at))
        return {line: (entry.encode(), at) for line, entry, at in rows}
