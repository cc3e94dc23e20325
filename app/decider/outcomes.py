"""Measures what accepted decisions brought, from the shifts before and after."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.decisions.contract import Outcome
from app.domain.decisions.effect import effect, outcome
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment
from app.historian.database import Database
from app.historian.shift_units import units_by_shift
from app.historian.suggestions import Kept, Suggestions

MEASURED_DAYS = 60
AROUND_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class OutcomeKeeper:
    """A part of the decider. Measuring again replaces the measurement, so a kill in between loses nothing."""

    database: Database
    plant: Plant

    def step(self, now: int) -> None:
        """Measure accepted decisions of the last 60 days; now: UTC ms. Raises DatabaseAway."""
        store = Suggestions(self.database)
        for kept in store.decided(now - MEASURED_DAYS * DAY_MS, ["accepted"]):
            for found in self._measured(kept, now):
                store.measured(found)

    def _measured(self, kept: Kept, now: int) -> Iterator[Outcome]:
        if kept.decision is None:
            return
        try:
            line, _ = self.plant.resolve(kept.suggestion.equipment)
        except (UnknownEquipment, AmbiguousEquipment):
            return  # the line is no longer in the plant file: nothing more can be measured
        at = kept.decision.at
        window = Interval(at - AROUND_MS, min(now, at + AROUND_MS))
        found = outcome(kept.suggestion.key, effect(units_by_shift(self.database, line, window), at, now), now)
        if kept.outcome is None or _figures(found) != _figures(kept.outcome):
            yield found


def _figures(found: Outcome) -> tuple[object, ...]:
    return found.low, found.mid, found.high, found.n_before, found.n_after, found.word
