"""The people of a line: they see stops, call for help, and say late, or never, why a machine stood."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import simpy

from app.domain.events.contract import AndonCall
from simulators.mouth import Classified

if TYPE_CHECKING:
    from simulators.body import Body, Place
    from simulators.trouble import Stop

MINUTE_MS = 60_000
WORTH_NOTICING_MS = 2 * MINUTE_MS
WORTH_CALLING_MS = 6 * MINUTE_MS
DAY_CREW = ("op-ada", "op-ben", "op-cem", "op-dora")
NIGHT_CREW = ("op-emil", "op-fatma")
OTHER = "other"
VAGUE = 0.6
WORDS = (
    "pallet wedged",
    "pallet wedged at the outfeed",
    "wedged pallet, pushed back by hand",
    "air pressure too low",
    "air pressure dropped again",
    "waited for the cleaner",
    None,
)
"""What people write when no reason of the tree fits."""


@dataclass(slots=True)
class Noticed:
    """A stop somebody saw: [start, end), end None while it lasts; reason: what really caused it."""

    machine: str
    start: int
    reason: str | None
    end: int | None = None


class People:
    """Operators of one line. Deterministic for a given chance."""

    def __init__(self, place: "Place", chance: Random) -> None:
        self._place, self._chance = place, chance
        self._open_calls: set[str] = set()

    def notice(self, machine: "Body", stop: "Stop", left_ms: int) -> Noticed:
        """See a stop that will last `left_ms`; long ones are called out, unexplained ones explained later, mostly."""
        seen = Noticed(machine.unit.path, machine.now, stop.reason)
        if left_ms > WORTH_NOTICING_MS and not stop.says and stop.reason and self._remembers():
            self._place.env.process(self._explain(seen))
        if left_ms > WORTH_CALLING_MS:
            call: AndonCall = "maintenance" if stop.kind == "breakdown" else "material"
            if call not in self._open_calls:
                self._open_calls.add(call)
                self._place.env.process(self._call(seen, call, left_ms))
        return seen

    def _remembers(self) -> bool:
        return self._chance.random() < (0.62 if self._is_night() else 0.86)

    def _is_night(self) -> bool:
        return self._place.clock.is_night(int(self._place.env.now))

    def _who(self) -> str:
        return self._chance.choice(NIGHT_CREW if self._is_night() else DAY_CREW)

    def _explain(self, seen: Noticed) -> Generator[simpy.Event, None, None]:
        """Say why the machine stood, minutes or sometimes hours after it stopped, in working time."""
        env = self._place.env
        late = self._chance.random() < 0.2
        median = 75 * MINUTE_MS if late else 5 * MINUTE_MS
        yield env.timeout(WORTH_NOTICING_MS + int(self._chance.lognormvariate(0, 0.7) * median))
        while not self._place.clock.is_open(int(env.now)):
            yield env.timeout(self._place.clock.next_edge(int(env.now)) - int(env.now) + 30_000)
        assert seen.reason is not None
        said = Classified(seen.start, seen.end, seen.reason, self._who())
        if late and OTHER in self._place.plant.reasons.by_id:
            said = _vaguely(said)
        self._place.mouth.classify(int(env.now), seen.machine, said)

    def _call(self, seen: Noticed, call: AndonCall, left_ms: int) -> Generator[simpy.Event, None, None]:
        """Call for help; somebody accepts minutes later; the call is cleared when the machine is expected to run."""
        env, mouth = self._place.env, self._place.mouth
        wait = int(self._chance.uniform(1, 2.5) * MINUTE_MS)
        answer = int(self._chance.uniform(0.5, 2.5) * MINUTE_MS)
        yield env.timeout(wait)
        mouth.andon(int(env.now), seen.machine, call, "call", self._who())
        yield env.timeout(answer)
        mouth.andon(int(env.now), seen.machine, call, "accept", self._who())
        yield env.timeout(max(1_000, left_ms - wait - answer))
        mouth.andon(int(env.now), seen.machine, call, "clear", self._who())
        self._open_calls.discard(call)


def _vaguely(said: Classified) -> Classified:
    """Of what is explained late much becomes "other", with a few words; by a chance of its own, drawn of the stop."""
    own = Random(said.start)  # noqa: S311  reproducible
    return replace(said, reason=OTHER, note=own.choice(WORDS)) if own.random() < VAGUE else said
