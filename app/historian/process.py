"""The process that drains the facts streams into SQL."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Protocol

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from app.domain.accounting.facts import Fact
from app.domain.interval import HOUR_MS
from app.historian import schema
from app.historian.database import asking_database
from app.historian.retention import Policy, let_go
from app.historian.writer import START, PositionMoved, positions, write

log = logging.getLogger(__name__)
ENTRIES = 200
IDLE_S = 0.5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
TRIM_EVERY_MS = 60_000
KEEP_FACTS_MS = HOUR_MS
"""Facts in SQL stay on their stream for an hour: long enough to look at, short of what would fill the server."""
SAY_EVERY_MS = 2_000
LET_GO_EVERY_MS = HOUR_MS
Taken = Callable[[str, bytes, int], int]
"""(line, position committed here, UTC ms of arrival) -> entries dropped that are older and behind it."""
Say = Callable[[Mapping[str, float], str | None], None]
"""(figures, what is wrong in words or None): tells whoever asks how the historian is."""


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

    taken: hears now and then what is safely in SQL, and drops it from the stream; None keeps everything.
    policy: how long history is kept; None keeps everything.
    """

    def __init__(
        self,
        engine: Engine,
        reader: FactReader,
        lines: Sequence[str],
        now: Callable[[], int],
        *,
        taken: Taken | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._now = now
        self._lines = lines
        self._taken = taken
        self._taken_at = 0
        self._policy = policy
        self._let_go_at = 0
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
        self._tell_taken()
        if not written:
            self._let_go()
        return written

    def _let_go(self) -> None:
        """Let go of what is old once an hour, and only when there is nothing to write."""
        now = self._now()
        if self._policy is not None and not 0 <= now - self._let_go_at < LET_GO_EVERY_MS:
            self._let_go_at = now
            let_go(self._engine, self._policy, now)

    def _tell_taken(self) -> None:
        now = self._now()
        if self._taken is None or 0 <= now - self._taken_at < TRIM_EVERY_MS:
            return
        self._taken_at = now
        for line, position in positions(self._engine).items():
            self._taken(line, position, now - KEEP_FACTS_MS)

    def _known(self) -> dict[str, bytes]:
        return dict.fromkeys(self._lines, START) | {
            line: entry for line, entry in positions(self._engine).items() if line in self._lines
        }


class Voice:
    """Says every few seconds how the historian is, and at once when that changed; logs changes once."""

    def __init__(self, say: Say, now: Callable[[], int]) -> None:
        self._say = say
        self._now = now
        self._said_at = 0
        self._problem: str | None = None
        self._figures = {"entries": 0.0, "outages": 0.0}

    def tell(self, entries: int, problem: str | None = None) -> None:
        """Add what was taken; problem: why nothing can be, None when all is well."""
        self._figures["entries"] += entries
        if (problem is None) is not (self._problem is None):
            self._said_at = 0
            if problem is not None:
                self._figures["outages"] += 1
                log.warning("history waits", extra={"error": problem})
            else:
                log.info("history goes on")
        self._problem = problem
        now = self._now()
        if not 0 <= now - self._said_at < SAY_EVERY_MS:
            self._said_at = now
            self._say(self._figures, problem)


def run_historian(historian: Historian, stop: Event, voice: Voice, away: tuple[type[Exception], ...] = ()) -> None:
    """Drain until `stop` is set. away: errors of the reader that mean "try again later", as the database's do."""
    later: tuple[type[Exception], ...] = (DBAPIError, *away)
    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            written = historian.drain()
        except later as error:
            voice.tell(0, str(error).splitlines()[0])
            stop.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            continue
        pause_s = FIRST_PAUSE_S
        voice.tell(written)
        if not written:
            stop.wait(IDLE_S)


def committed(engine: Engine) -> dict[str, tuple[bytes, int]]:
    """Return each line's position and when it was committed (UTC ms), for /readyz and lag. Raises DatabaseAway."""
    table = schema.positions
    with asking_database(), engine.connect() as connection:
        rows = connection.execute(select(table.c.line, table.c.entry, table.c.committed_at))
        return {line: (entry.encode(), at) for line, entry, at in rows}
