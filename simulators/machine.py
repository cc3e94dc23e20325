"""A machine as a process in simulated time: runs, jams, breaks down, is set up, starves, is blocked, rests."""

from collections.abc import Generator
from math import inf
from random import Random

import simpy

from app.domain.plant.equipment import WorkUnit
from simulators.body import Body, Place
from simulators.orders import Job
from simulators.people import People
from simulators.traits import Traits
from simulators.trouble import Stop
from simulators.truth import FaultTruth
from simulators.vocabulary import Vocabulary

MINUTE_MS = 60_000
SHORTEST_STATE_MS = 3_000
STEADY_MS, UNSTEADY_MS = 12 * MINUTE_MS, 2 * MINUTE_MS
COLD_AFTER_MS = 60 * MINUTE_MS
ILL_FOR_MS = 150 * MINUTE_MS

Life = Generator[simpy.Event, None, None]


class Machine(Body):
    """A machine that lives.

    No state is shorter than three seconds and none begins that close before an edge of the calendar, so that what it
    says needs no filtering for blips.
    """

    def __init__(
        self, place: Place, unit: WorkUnit, traits: Traits, words: Vocabulary, chance: Random, job: Job,
        people: People,
    ) -> None:  # fmt: skip
        super().__init__(place, unit, traits, words, chance, job)
        self.people = people
        self.setup_ms = 0
        place.env.process(self.life())

    def life(self) -> Life:
        """Live for ever."""
        while True:
            if not self.place.clock.is_open(self.now):
                yield from self.rest()
            elif self.setup_ms:
                yield from self.set_up()
            elif (hindrance := self.hindrance()) is not None:
                yield from self.suspended(hindrance)
            else:
                yield from self.run()

    def rest(self) -> Life:
        """Stand still while nobody works."""
        began = self.now
        while not self.place.clock.is_open(self.now):
            in_shift = self.place.clock.shift(self.now) is not None
            self.say("planned", self.words.pause if in_shift else None)
            yield self.sleep(self.place.clock.next_edge(self.now))
        if self.now - began > COLD_AFTER_MS:
            self.quality.cold_start()

    def set_up(self) -> Life:
        """Change over to the product of the job."""
        length, self.setup_ms = self.setup_ms, 0
        yield from self.hold("setup", self.words.setup, length)
        self.quality.cold_start()
        ill = self.chronic
        if ill is not None and ill.product == self.job.order.product:
            self.troubles.fall_ill(ill.reason, ILL_FOR_MS)
            self.place.book.add(
                FaultTruth(machine=self.unit.path, fault="chronic", reason=ill.reason, failure=self.now)
            )

    def hindrance(self) -> str | None:
        """Return `starved` or `blocked` when the machine cannot go on, else None."""
        if self.inbox is not None and self.inbox.ms_to_enough() > 0:
            return "starved"
        if self.outbox is not None and self.outbox.ms_to_room() > 0:
            return "blocked"
        return None

    def suspended(self, word: str) -> Life:
        """Wait for material or for room; the neighbour is the cause."""
        neighbour = self.before if word == "starved" else self.after
        self.say(word, cause=neighbour.unit.path if neighbour is not None else None)
        while self.place.clock.is_open(self.now):
            box = self.inbox if word == "starved" else self.outbox
            wait = 0.0 if box is None else box.ms_to_enough() if word == "starved" else box.ms_to_room()
            if (self.setup_ms or wait <= 0) and self.may_leave():
                return
            yield self.sleep(self.leave_at(0 if self.setup_ms else wait + 1))

    def run(self) -> Life:
        """Produce until something stops it."""
        self.say("run")
        refresh_at = -1
        while True:
            self.settle()
            if self.now >= refresh_at:
                self.refresh()
                refresh_at = self.now + (UNSTEADY_MS if self.quality.is_unsteady() else STEADY_MS)
            due = self.trouble_ms() <= 0 or self.setup_ms > 0
            limit = self.limit_ms()
            if (due or limit <= 0) and self.may_leave():
                break
            self.pace(self.wanted if limit > 0 else 0.0)
            ahead = min(0 if due else self.trouble_ms(), limit, refresh_at - self.now)
            yield self.sleep(self.leave_at(ahead))
            if self.place.clock.is_edge(self.now):
                self.cut()
                if not self.place.clock.is_open(self.now):
                    return
        if self.setup_ms == 0:
            yield from self.stop_if_due()

    def limit_ms(self) -> float:
        """Return the ms until the machine has no material or no room; below 1 ms counts as now."""
        empty = self.inbox.ms_to_empty(self.wanted) if self.inbox is not None else inf
        full = self.outbox.ms_to_full(self.wanted) if self.outbox is not None else inf
        limit = min(empty, full)
        return 0.0 if limit < 1 else limit

    def trouble_ms(self) -> float:
        """Return the running ms until something goes wrong."""
        return min(self.troubles.left_ms(self._stress), self.quality.left_ms())

    def stop_if_due(self) -> Life:
        """Stand still for the trouble that is due, if any: people see it."""
        if self.quality.is_noticed():
            self._book_drift()
            yield from self.stand(Stop("adjust", None, int(self.chance.uniform(50_000, 110_000)), says=True))
            return
        night = self.place.clock.is_night(self.now)
        plan = self.troubles.breakdown
        stop = self.troubles.take(1.35 if night else 1.0)
        if stop is None:
            return
        if stop.kind == "breakdown":
            signal = self.gauges.wear_signal if plan.onset is not None else None
            onset = plan.onset if signal is not None else None
            self.place.book.add(
                FaultTruth(
                    machine=self.unit.path, fault="wear", reason=stop.reason, failure=self.now,
                    onset=onset, signal=signal,
                )
            )  # fmt: skip
        yield from self.stand(stop)

    def stand(self, stop: Stop) -> Life:
        """Stand still for one trouble; a breakdown ends with a cold start."""
        yield from self.hold("stop", stop.reason, stop.length, stop)
        if stop.kind == "breakdown" and stop.length > 20 * MINUTE_MS:
            self.quality.cold_start()

    def hold(self, word: str, reason: str | None, length: int, stop: Stop | None = None) -> Life:
        """Be in a state for `length` ms of open time; work on it rests while nobody works."""
        left = length
        while left > 0:
            began = self.now
            self.say(word, reason, told=stop is None or stop.says)
            new = stop is not None and self.since == began
            seen = self.people.notice(self, stop, left) if new and stop is not None else None
            end = self.leave_at(left)
            while self.now < end and self.place.clock.is_open(self.now):
                yield self.sleep(min(end, self.place.clock.next_edge(self.now)))
            left -= self.now - began
            if seen is not None:
                seen.end = self.now
            if not self.place.clock.is_open(self.now):
                yield from self.rest()

    def may_leave(self) -> bool:
        """True when leaving the state now makes no blip."""
        if self.place.clock.is_edge(self.now):
            return True
        long_enough = self.now - self.since >= SHORTEST_STATE_MS
        return long_enough and self.place.clock.next_edge(self.now) - self.now >= SHORTEST_STATE_MS

    def leave_at(self, wanted_ms: float) -> float:
        """Return when to look again if the state should end in `wanted_ms`: no blip, the next edge at the latest."""
        edge = self.place.clock.next_edge(self.now)
        due = max(self.now + int(min(wanted_ms, 1e12)), self.since + SHORTEST_STATE_MS)
        return edge if due > edge - SHORTEST_STATE_MS else due

    def _book_drift(self) -> None:
        onset, bad_at = self.quality.onset, self.quality.bad_at
        if onset is not None and bad_at is not None:
            self.place.book.add(
                FaultTruth(
                    machine=self.unit.path, fault="drift", reason=None, failure=bad_at, onset=onset,
                    signal=self.gauges.drift_signal,
                )
            )  # fmt: skip
        self.quality.adjust()
