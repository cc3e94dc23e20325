"""Measures what accepted decisions brought, from the shifts before and after."""

from dataclasses import dataclass

from app.domain.decisions.effect import outcome
from app.domain.interval import DAY_MS
from app.domain.plant.equipment import Plant
from app.domain.suggestion import Outcome
from app.historian.database import Database
from app.historian.effects import AROUND_MS, effects
from app.historian.suggestions import Suggestions

MEASURED_DAYS = 60


@dataclass(frozen=True, slots=True)
class OutcomeKeeper:
    """A part of the decider. Measuring again replaces the measurement, so a kill in between loses nothing."""

    database: Database
    plant: Plant

    def step(self, now: int) -> None:
        """Measure accepted decisions of the last 60 days; now: UTC ms. Raises DatabaseAway."""
        store = Suggestions(self.database)
        since = now - MEASURED_DAYS * DAY_MS
        accepted = store.decided(
            since - AROUND_MS, ["accepted"]
        )  # neighbours of the first ones bound what they brought
        found = effects(self.database, self.plant, accepted, now)
        for kept in accepted:
            key = kept.suggestion.key
            if key in found and kept.decision is not None and kept.decision.at >= since:
                measured = outcome(key, found[key].effect, now)
                if _figures(measured) != _figures(kept.outcome):
                    store.measured(measured)


def _figures(found: Outcome | None) -> tuple[object, ...]:
    return () if found is None else (found.low, found.mid, found.high, found.n_before, found.n_after, found.word)
