"""Watches the share of rejects of every machine, finds what explains a rise, and suggests an adjustment."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decisions.adjusting import AdjustmentProtocol
from app.domain.decisions.attribution import Parameter
from app.domain.decisions.quality import Place, Watched, at_one_key, explained, hours_of, suggested, watch
from app.domain.interval import DAY_MS, HOUR_MS
from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from app.domain.suggestion import Suggestion
from app.historian.adjustments import Protocols
from app.historian.quality import QualityMemory, parameters_of
from app.historian.suggestions import Kept, Suggestions

WATCHED_HOURS = 7 * 24
EXPLAINED_HOURS = 72
REST_MS = 8 * HOUR_MS
"""After a decision about a machine and protocol, nothing like it is suggested for a shift: what was done needs time."""


@dataclass(frozen=True, slots=True)
class QualityWatch:
    """A part of the decider. A kill leaves some suggestions put down; the next step puts the same ones."""

    plant: Plant
    memory: QualityMemory
    protocols: Protocols
    suggestions: Suggestions

    def step(self, now: int) -> None:
        """Look at every machine of lines that have a protocol; put down what is found, take back what is gone."""
        known = self.suggestions.put_since(now - 7 * DAY_MS, "quality")
        found = [one for line in self.plant.lines() for one in self._of_line(line, now)]
        kept = [one for one in (_again(suggestion, known, now) for suggestion in found) if one is not None]
        self.suggestions.put(kept, now)
        self.suggestions.withdraw("quality", {one.key for one in kept}, now)

    def _of_line(self, line: WorkCenter, now: int) -> list[Suggestion]:
        machines = [machine.path for machine in line.machines]
        protocols = {Parameter(p.machine, p.signal): p for p in self.protocols.on(machines)}
        if not protocols:
            return []
        hours = self.memory.hours(machines, hours_of(now, WATCHED_HOURS))
        watched = [(m, watch(hours.get(m.path, []))) for m in line.machines if not m.commissioning]
        risen = [(machine, look) for machine, look in watched if look.risen_at is not None]
        return [one for machine, look in risen if (one := self._answer(line, machine, look, protocols, now))]

    def _answer(
        self,
        line: WorkCenter,
        machine: WorkUnit,
        look: Watched,
        protocols: Mapping[Parameter, AdjustmentProtocol],
        now: int,
    ) -> Suggestion | None:
        running = self.memory.running(parameters_of(line), hours_of(now, EXPLAINED_HOURS))
        place = Place(machine.path, machine.name, now)
        return suggested(place, look, explained(look, running), running, protocols)


def _again(found: Suggestion, known: list[Kept], now: int) -> Suggestion | None:
    """Return what is found under the key it has already; None while a decision about the same rests."""
    protocol = found.payload["protocol"]
    same = [
        k for k in known if k.suggestion.equipment == found.equipment and k.suggestion.payload["protocol"] == protocol
    ]
    if any(k.decision is not None and now - k.decision.at < REST_MS for k in same):
        return None
    waiting = next((k for k in same if k.decision is None and k.withdrawn_at is None), None)
    return found if waiting is None else at_one_key(found, waiting.suggestion.key, waiting.suggestion.at)
