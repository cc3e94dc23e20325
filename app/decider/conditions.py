"""What the rules of the plant say now: gathers the facts and asks every rule. Alerts are made of what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.boards.line import LineBoard
from app.domain.alerts.condition import AlertRule, Condition
from app.domain.alerts.facts import Figures
from app.domain.alerts.lookback import Need, need_of
from app.domain.alerts.place import places_of
from app.domain.alerts.rule import RuleBook
from app.domain.alerts.rules import Watched, conditions
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import Plant
from app.historian.rule_facts import RuleFacts
from app.live.snapshots import LastBoards, line_board
from app.ruleyaml import RuleFile

FRESH_MS = 2 * MINUTE_MS
"""A board older than this says nothing about now."""


@dataclass(slots=True)
class Conditions:
    """Asks the rules of a plant. file: read again when it changes; boards: the lines' last boards."""

    file: RuleFile
    plant: Plant
    facts: RuleFacts
    boards: LastBoards
    _held: dict[tuple[str, str], int] = field(default_factory=dict)

    def book(self) -> RuleBook:
        """Return the rules and playbooks in force."""
        return self.file.book()

    def rules(self) -> Mapping[str, AlertRule]:
        """Return what may be raised, by id."""
        return self.book().alerts()

    def now(self, now: int) -> list[Condition]:
        """Return what holds at `now` (UTC ms). Raises ServerAway, DatabaseAway.

        since: what the rule says, or since when it has been seen to hold, whichever is earlier; a condition that is
        suppressed is among them, and says by what.
        """
        watched = [Watched(r, places_of(r, self.plant)) for r in self.book().rules.values() if r.enabled]
        need = need_of(watched)
        known = self.facts.read(replace(need, figures=()), Interval(now, now + 1))
        found = conditions(watched, replace(known, figures=self._figures(need)), now)
        since = {(c.rule, c.equipment): min(c.since, self._held.get((c.rule, c.equipment), now)) for c in found}
        self._held = since
        return [replace(c, since=since[c.rule, c.equipment]) for c in found]

    def problem(self) -> str | None:
        """Return what is wrong with the file as it is now, in words."""
        self.file.book()
        return None if self.file.wrong is None else str(self.file.wrong)

    def _figures(self, need: Need) -> dict[str, tuple[Figures, ...]]:
        boards = ((line, line_board(self.boards, line)) for line in need.figures)
        return {line: (_figures(board),) for line, board in boards if board is not None}


def _figures(board: LineBoard) -> Figures:
    kpis = board.kpis
    values = {
        "oee": kpis.oee,
        "availability": kpis.availability,
        "performance": kpis.performance,
        "quality": kpis.quality,
        "unclassified_ms": float(board.unclassified_ms),
        "lost_ms": float(board.lost_ms),
    }
    return Figures(board.at, board.at + FRESH_MS, board.shift.start, kpis.coverage, values)
