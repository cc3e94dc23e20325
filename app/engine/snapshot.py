"""The board of an owned line, made from its ledger each tick. A board that fails never stops the accounting."""

from collections.abc import Iterable

import structlog

from app.boards.build_line import LineBoardBuilder
from app.boards.codec import encode
from app.domain.accounting.facts import Fact
from app.domain.accounting.ledger_api import LineLedger

log = structlog.get_logger("lineside.engine")
BEHIND_EVERY_MS = 2_000
"""While a line catches up, its board is of the past: made seldom, because reading on is what helps."""


class Snapshots:
    """Makes and encodes the boards of one line."""

    def __init__(self, ledger: LineLedger) -> None:
        self._ledger = ledger
        self._builder = LineBoardBuilder(ledger)
        self._is_broken = False
        self._made_at: int | None = None

    def snapshot(self, facts: Iterable[Fact], now: int, *, is_behind: bool = False) -> bytes | None:
        """Return the encoded board at `now`; facts: what the ledger's last `settle` returned.

        None when none is due yet while the line catches up (is_behind), or when the board cannot be made: logged once
        when it breaks and once when it heals; screens show its age.
        """
        try:
            self._builder.note(facts)
            if is_behind and self._made_at is not None and 0 <= now - self._made_at < BEHIND_EVERY_MS:
                return None
            self._made_at = now
            raw = encode(self._builder.board(now))
        except ConnectionError:
            raise
        except Exception:
            if not self._is_broken:
                log.exception("the board cannot be made; accounting goes on", line=self._ledger.line.path)
            self._is_broken = True
            self._builder = LineBoardBuilder(self._ledger)
            return None
        if self._is_broken:
            log.warning("the board is back", line=self._ledger.line.path)
        self._is_broken = False
        return raw
