"""Dirty sources: what gateways do to good events on their way. The truth about the machines is not touched.

A layer between a line's clean events and the output, with chance of its own; every fault it puts in is written into
the book. Order of the output is order of arrival.
"""

import heapq
from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random

import msgspec

from app.domain.events.contract import Event, Measured
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS
from app.domain.plant.equipment import WorkCenter
from simulators.truth import Book, DirtTruth

INSIDE_MS = (2_000, 45_000)
BEYOND_MS = (3 * MINUTE_MS, 40 * MINUTE_MS)
SILENCE_MS = (3 * MINUTE_MS, 12 * MINUTE_MS)
OFFSET_MS = (-25_000, 25_000)
UNBOUNDED = 1 << 62


class BadDirt(ValueError):
    """A level or rate of dirt is wrong; the text says which and what would be right."""


@dataclass(frozen=True, slots=True)
class Dirt:
    """How dirty a source is. Shares of its events: sent twice, late inside the grace, late beyond it, lost.

    offset: share of its hours in which its clock is off. reset, silence: how often per day its running totals start at
    zero again, and it says nothing for minutes.
    """

    duplicate: float = 0.0
    late: float = 0.0
    very_late: float = 0.0
    gap: float = 0.0
    offset: float = 0.0
    reset: float = 0.0
    silence: float = 0.0


LEVELS: Mapping[str, Dirt] = {
    "clean": Dirt(),
    "light": Dirt(duplicate=0.005, late=0.01, very_late=0.0005, gap=0.0002, offset=0.0, reset=0.3, silence=0.3),
    "heavy": Dirt(duplicate=0.05, late=0.08, very_late=0.01, gap=0.005, offset=0.15, reset=4.0, silence=4.0),
}


def dirt_of(value: object, where: str) -> Dirt:
    """Return the dirt named by a level, or by a mapping of fault -> rate. Raises BadDirt saying what is right."""
    names = [f.name for f in fields(Dirt)]
    if isinstance(value, str) and value in LEVELS:
        return LEVELS[value]
    if isinstance(value, Mapping) and set(value) <= set(names):
        rates = {str(k): v for k, v in value.items()}
        if all(isinstance(v, int | float) and 0 <= v <= 100 for v in rates.values()):
            return Dirt(**rates)
    levels = ", ".join(LEVELS)
    raise BadDirt(f"{where}: must be a level ({levels}) or rates by fault ({', '.join(names)}), is {value!r}")


@dataclass(slots=True)
class _Source:
    """What a source suffers from at the moment. Times UTC ms by its own right clock."""

    chance: Random
    silent_until: int = 0
    hour: int = -1
    offset: int = 0
    dropped: int = 0
    at: int = 0
    counted_at: int = 0


class Dirty:
    """Makes the events of one line dirty, source by source.

    levels: source -> dirt; `default` for the others. The line's cumulative counters roll over as its plant file says.
    """

    def __init__(self, line: WorkCenter, levels: Mapping[str, Dirt], default: Dirt, seed: str, book: Book) -> None:
        self._levels, self._default, self._seed, self._book = levels, default, seed, book
        counters = [(m, s, s.counter) for m in line.machines for s in m.signals.values()]
        self._moduli = {
            (m.path, s.id): c.modulus or UNBOUNDED for m, s, c in counters if c is not None and c.kind == "cumulative"
        }
        self._sources: dict[str, _Source] = {}
        self._held: list[tuple[int, int, Event]] = []
        self._bases: Tally[tuple[str, str]] = Tally()
        self._order = 0

    def feed(self, event: Event) -> list[Event]:
        """Return what arrives now that `event` is said: earlier ones that were held, and it, unless held or lost."""
        arrived = self.release(event.t)
        dirt = self._levels.get(event.source, self._default)
        if dirt == LEVELS["clean"]:
            return [*arrived, event]
        source = self._sources.setdefault(event.source, _Source(Random(f"{self._seed}/{event.source}")))  # noqa: S311
        self._age(source, dirt, event)
        if event.t < source.silent_until:
            source.dropped += 1
            return arrived
        return arrived + self._spoil(source, dirt, self._restamp(source, event))

    def release(self, t: int) -> list[Event]:
        """Return the held events that arrive by `t`."""
        out = []
        while self._held and self._held[0][0] <= t:
            out.append(heapq.heappop(self._held)[2])
        return out

    def rest(self) -> list[Event]:
        """Return everything still held."""
        return self.release(1 << 62)

    def _age(self, source: _Source, dirt: Dirt, event: Event) -> None:
        """Decide by the hour about the clock, and by elapsed time about silence and resets."""
        days = max(0, event.t - source.at) / DAY_MS if source.at else 0.0
        source.at = event.t
        if event.t // HOUR_MS != source.hour:
            source.hour = event.t // HOUR_MS
            off = source.chance.random() < dirt.offset
            source.offset = source.chance.randint(*OFFSET_MS) if off else 0
            if source.offset:
                self._note(event, "offset", f"{source.offset} ms")
        if event.t >= source.silent_until and source.chance.random() < dirt.silence * days:
            source.silent_until = event.t + source.chance.randint(*SILENCE_MS)
            self._note(event, "silence", f"{source.silent_until - event.t} ms")
        if isinstance(event, Measured) and (event.machine, event.signal) in self._moduli:
            since, source.counted_at = source.counted_at or event.t, event.t
            if source.chance.random() < dirt.reset * (event.t - since) / DAY_MS:
                self._reset(event)

    def _restamp(self, source: _Source, event: Event) -> Event:
        """Number as the source does (nothing while silent), stamp by its clock, count totals since their reset."""
        changes: dict[str, object] = {}
        if source.dropped:
            changes["seq"] = event.seq - source.dropped
        if source.offset:
            changes["t"] = event.t + source.offset
        if isinstance(event, Measured) and isinstance(event.value, int):
            key = (event.machine, event.signal)
            changes.update(
                {"value": (event.value - self._bases[key]) % self._moduli[key]} if key in self._bases else {}
            )
        return msgspec.structs.replace(event, **changes) if changes else event

    def _spoil(self, source: _Source, dirt: Dirt, event: Event) -> list[Event]:
        chance = source.chance
        if chance.random() < dirt.gap:
            self._note(event, "gap")
            return []
        if chance.random() < dirt.very_late:
            return self._hold(event, "very_late", chance.randint(*BEYOND_MS))
        if chance.random() < dirt.late:
            return self._hold(event, "late", chance.randint(*INSIDE_MS))
        if chance.random() < dirt.duplicate:
            self._note(event, "duplicate")
            return [event, event]
        return [event]

    def _hold(self, event: Event, fault: str, ms: int) -> list[Event]:
        self._note(event, fault, f"{ms} ms")
        self._order += 1
        heapq.heappush(self._held, (event.t + ms, self._order, event))
        return []

    def _reset(self, event: Measured) -> None:
        """Let the running total just said be the new zero of its counter."""
        if isinstance(event.value, int):
            self._bases[event.machine, event.signal] = event.value
            self._note(event, "reset", event.signal)

    def _note(self, event: Event, fault: str, detail: str = "") -> None:
        self._book.add(
            DirtTruth(machine=event.machine, t=event.t, source=event.source, fault=fault, seq=event.seq, detail=detail)
        )
