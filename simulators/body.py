"""A machine's body: its flow of units, its wear, its state, and what it says about them. `machine.py` makes it live."""

from dataclasses import dataclass
from functools import partial
from random import Random

import simpy

from app.domain.plant.equipment import Plant, WorkCenter, WorkUnit
from simulators.clock import WorkClock
from simulators.flow import Buffer
from simulators.gauges import Gauges
from simulators.mouth import Mouth
from simulators.orders import Job, cycle_ms
from simulators.quality import Quality
from simulators.traits import Chronic, Traits
from simulators.trouble import Troubles
from simulators.truth import Book, MadeTruth, StateTruth
from simulators.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Place:
    """Where a machine stands and what it is given: shared by all machines of a line."""

    env: simpy.Environment
    plant: Plant
    line: WorkCenter
    clock: WorkClock
    mouth: Mouth
    book: Book


class Body:
    """One machine's state, flow and wear. Every change is settled at the simulated now, in whole ms."""

    def __init__(
        self, place: Place, unit: WorkUnit, traits: Traits, words: Vocabulary, chance: Random, job: Job
    ) -> None:
        self.place, self.env, self.unit, self.traits, self.words, self.chance = (
            place, place.env, unit, traits, words, chance,
        )  # fmt: skip
        self.job = job
        self.inbox: Buffer | None = None
        self.outbox: Buffer | None = None
        self.before: Body | None = None
        self.after: Body | None = None
        self.chronic: Chronic | None = None
        self.troubles = Troubles(traits, words, chance)
        self.quality = Quality(traits, chance)
        self.gauges = Gauges(unit.signals, chance)
        self.word, self.since = "", int(place.env.now)
        self.reason: str | None = None
        self._cause: str | None = None
        self._alarm: simpy.Event | None = None
        self.wanted = 0.0
        self._rate, self._share, self._stress = 0.0, 0.0, 1.0
        self._paced = (0.0, 0.0)
        self._settled = self._made_since = int(place.env.now)
        self._good, self._reject = 0.0, 0.0
        self.good_told = self._reject_told = self._good_cut = self._reject_cut = 0

    @property
    def now(self) -> int:
        """Simulated UTC ms."""
        return int(self.env.now)

    def stress(self) -> float:
        """Return how hard the shift is on the machine: nights wear more."""
        clock = self.place.clock
        return 1.35 if clock.is_night(self.now) else 1.08 if clock.is_late(self.now) else 1.0

    def refresh(self) -> None:
        """Draw the pace and the spoiled share of the next minutes: the ideal rate times what the machine holds now."""
        self.settle()
        self.quality.refresh()
        product = self.job.order.product
        ideal = 1 / cycle_ms(self.place.plant, self.unit.path, self.place.line, product, self.now)
        tired = 0.955 if self.place.clock.is_night(self.now) else 1.0
        slow = self.chance.uniform(0.72, 0.9) if self.chance.random() < 0.06 else 1.0
        speed = min(1.0, self.traits.speed * tired * slow * self.chance.gauss(1.0, 0.015))
        self._stress, self._share = self.stress(), self.quality.share()
        self.wanted = max(0.3, speed) * ideal

    def pace(self, rate: float) -> None:
        """Set the rate in units per ms; neighbours hear of it when it changes."""
        self.settle()
        if (rate, self._share) == self._paced:
            return
        self._paced = (rate, self._share)
        self._rate = rate
        if self.inbox is not None:
            self.inbox.outflow = rate
        if self.outbox is not None:
            self.outbox.inflow = rate * (1 - self._share)
        for neighbour in (self.before, self.after):
            if neighbour is not None:
                neighbour.ring()

    def settle(self) -> None:
        """Bring flow and wear up to now."""
        now = self.now
        elapsed = now - self._settled
        if not elapsed:
            return
        start, self._settled = self._settled, now
        if self.word != "run":
            return
        self.troubles.advance(start, elapsed, self._stress)
        self.quality.advance(start, elapsed)
        if self._rate:
            self._move(self._rate * elapsed)

    def _move(self, units: float) -> None:
        if self.inbox is not None:
            self.inbox.settle_maker()
            units = max(0.0, min(units, self.inbox.put - self.inbox.taken))
            self.inbox.taken += units
        spoiled = units * self._share
        self._reject += spoiled
        self._good += units - spoiled
        if self.outbox is not None:
            self.outbox.put += units - spoiled

    def count(self) -> None:
        """Say the whole units made since the last count, if any."""
        self.settle()
        good, reject = int(self._good) - self.good_told, int(self._reject) - self._reject_told
        if not good and not reject:
            return
        self.good_told += good
        self._reject_told += reject
        if self.unit.path == self.place.line.counts_at or self.place.line.topology == "parallel":
            self.job.made += good
        why = self.words.scraps.draw(self.chance) if reject else None
        self.place.mouth.count(self.now, self.unit.path, good, reject, why)

    def uncounted(self) -> int:
        """Return the whole good units made since the last count."""
        self.settle()
        return int(self._good) - self.good_told

    def cut(self) -> None:
        """Count, and close the truth about what was made: at every edge, stop and change of order."""
        self.count()
        good, reject = self.good_told - self._good_cut, self._reject_told - self._reject_cut
        if good or reject:
            self.place.book.add(
                MadeTruth(
                    machine=self.unit.path, from_=self._made_since, to=self.now, good=good, reject=reject,
                    product=self.job.order.product, order=self.job.order.id,
                )
            )  # fmt: skip
        self._good_cut, self._reject_cut, self._made_since = self.good_told, self._reject_told, self.now

    def say(self, word: str, reason: str | None = None, *, told: bool = True, cause: str | None = None) -> None:
        """Enter a state. told False: the machine knows only that it stands, not why."""
        if (word, reason) == (self.word, self.reason):
            return
        self.settle()
        if self.word == "run":
            self.pace(0.0)
            self.cut()
        self.close_state()
        self.word, self.reason, self._cause = word, reason, cause
        self.since = self._made_since = self.now
        self.place.mouth.state(self.now, self.unit.path, word, reason if told else None)

    def close_state(self) -> None:
        """Write down the truth about the state that ends now."""
        if self.word and self.now > self.since:
            self.place.book.add(
                StateTruth(
                    machine=self.unit.path, from_=self.since, to=self.now, state=self.word,
                    reason=self.reason, cause=self._cause,
                )
            )  # fmt: skip

    def measure(self) -> None:
        """Say every process value."""
        self.settle()
        wear, drift = self.troubles.breakdown.progress(), self.quality.shown()
        for signal, value in self.gauges.read(self.now, running=self.word == "run", wear=wear, drift=drift):
            self.place.mouth.value(self.now, self.unit.path, signal, value)

    def sleep(self, until: float) -> simpy.Event:
        """Return what happens at `until` or when somebody rings, whichever is first."""
        alarm = self._alarm = self.env.event()
        if until < 1 << 60:
            nap = self.env.timeout(max(0, int(until) - self.now))
            nap.callbacks.append(partial(_ring, alarm))
        return alarm

    def ring(self) -> None:
        """Wake the machine up: something around it changed."""
        if self._alarm is not None:
            _ring(self._alarm)


def _ring(alarm: simpy.Event, _: object = None) -> None:
    if not alarm.triggered:
        alarm.succeed()
