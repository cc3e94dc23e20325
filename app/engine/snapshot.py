"""The board of an owned line, made from its ledger each tick. A board that fails never stops the accounting."""

from collections.abc import Iterable

import structlog

from app.boards.build_line import LineBoardBuilder
from app.boards.codec import encode
from app.domain.accounting.facts import Fact
from app.domain.accounting.ledger_api import LineLedger

log = structlog.get_logger("lineside.engine")


class Snapshots:
    """Makes and encodes the boards of one line."""

    def __init__(self, ledger: LineLedger) -> None:
        self._ledger = ledger
        self._builder = LineBoardBuilder(ledger)
        self._is_broken = False

    def snapshot(self, facts: Iterable[Fact], now: int) -> bytes | None:
        """Return the encoded board at `now`; facts: what the ledger's last `settle` returned.

        None when the board cannot be made: logged once when it breaks and once when it heals; screens show its age.
        """
        try:
            self._builder.note(facts)
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
