"""The quality people of a line: their laboratory finds bad units long after they were counted good, and saves some.

What they say moves units where they were made: first from good to rejects, then, for what could be repaired, from
rejects to rework.
"""

from collections.abc import Generator
from random import Random
from typing import TYPE_CHECKING

import simpy

from simulators.mouth import Correction
from simulators.truth import LateTruth

if TYPE_CHECKING:
    from simulators.body import Body, Place

MINUTE_MS = 60_000
SAMPLE_MS = 10 * MINUTE_MS
FEW_UNITS = 100
FOUND, SAVED = 0.35, 0.5
WORST = 0.012
INSPECTORS = ("qa-gina", "qa-hugo")


class Inspectors:
    """Quality people who look at one machine's units. Deterministic for a given chance."""

    def __init__(self, place: "Place", body: "Body", chance: Random) -> None:
        self._place, self._body, self._chance = place, body, chance
        place.env.process(self.work())

    def work(self) -> Generator[simpy.Event, None, None]:
        """Now and then take ten minutes of units aside; what is found in them is said when the laboratory is done."""
        while True:
            yield self._place.env.timeout(int(self._chance.uniform(60, 150) * MINUTE_MS))
            before, order = self._body.good_told, self._body.job.order
            yield self._place.env.timeout(SAMPLE_MS)
            made, made_at = self._body.good_told - before, int(self._place.env.now)
            if made >= FEW_UNITS and self._body.job.order is order and self._chance.random() < FOUND:
                bad = max(1, int(made * self._chance.uniform(0.001, WORST)))
                self._place.env.process(self._report(made_at, bad))

    def _report(self, made_at: int, bad: int) -> Generator[simpy.Event, None, None]:
        """Say how many were bad, and later how many of them could be saved."""
        by, reason = self._chance.choice(INSPECTORS), self._body.words.scraps.draw(self._chance)
        yield self._place.env.timeout(int(self._chance.lognormvariate(0, 0.6) * 40 * MINUTE_MS))
        self._say(Correction(made_at, good=-bad, reject=bad, rework=0, reason=reason, by=by))
        saved = sum(self._chance.random() < SAVED for _ in range(bad))
        yield self._place.env.timeout(int(self._chance.uniform(30, 120) * MINUTE_MS))
        if saved:
            self._say(Correction(made_at, good=0, reject=-saved, rework=saved, reason=reason, by=by))

    def _say(self, said: Correction) -> None:
        now, machine = int(self._place.env.now), self._body.unit.path
        self._place.mouth.correct(now, machine, said)
        self._place.book.add(
            LateTruth(
                machine=machine, t=now, made_at=said.made_at, good=said.good, reject=said.reject, rework=said.rework
            )
        )
