"""What rules look at: the same frozen picture now and over history, so that a rule answers the same in both."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.facts import CallFact
from app.domain.interval import MINUTE_MS
from app.domain.suggestion import Flow


@dataclass(frozen=True, slots=True)
class Series:
    """Minutes of a process value: t (start of the minute, UTC ms, rising), v (mean of the minute, in its unit)."""

    t: tuple[int, ...] = ()
    v: tuple[float, ...] = ()

    def between(self, start: int, end: int) -> "Series":
        """Return the minutes that are over by `end` and began at `start` or later."""
        first, last = bisect_left(self.t, start), bisect_right(self.t, end - MINUTE_MS)
        return Series(self.t[first:last], self.v[first:last])


@dataclass(frozen=True, slots=True)
class Stretches:
    """A machine's episodes, by start; they do not overlap."""

    episodes: tuple[Episode, ...] = ()
    starts: tuple[int, ...] = ()

    def at(self, now: int) -> Episode | None:
        """Return the episode in which the moment lies; None: nothing is known of it."""
        place = bisect_right(self.starts, now) - 1
        found = self.episodes[place] if place >= 0 else None
        return found if found is not None and (found.end is None or found.end > now) else None

    def begun(self, start: int, end: int) -> Sequence[Episode]:
        """Return the episodes that began in [start, end)."""
        return self.episodes[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def last_end(self, buckets: Sequence[Bucket], now: int, within_ms: int) -> int | None:
        """Return when the last episode of these buckets ended, later than `within_ms` before now; None: none did."""
        for place in range(bisect_right(self.starts, now) - 1, -1, -1):
            found = self.episodes[place]
            if found.end is None or found.end > now:
                continue
            if found.end <= now - within_ms:
                return None
            if found.bucket in buckets:
                return found.end
        return None


def stretches(episodes: Sequence[Episode]) -> Stretches:
    """Return episodes in any order as a machine's stretches."""
    ordered = tuple(sorted(episodes, key=lambda e: e.start))
    return Stretches(ordered, tuple(e.start for e in ordered))


@dataclass(frozen=True, slots=True)
class Figures:
    """A line's figures of the shift so far. at: when they were so, until: as long as they may be used (UTC ms).

    shift_start: UTC ms; values: by name, fractions and ms; None: not computable.
    """

    at: int
    until: int
    shift_start: int
    coverage: float | None
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made in one UTC hour. start: UTC ms; counts in units."""

    start: int
    good: int
    reject: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion of a flow. since: when it was put down; until: when it was decided, withdrawn or void, if so."""

    flow: Flow
    equipment: str
    confidence: float
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known. episodes, series, made: of machines (made: of lines too); figures, calls: of lines, by time."""

    episodes: Mapping[str, Stretches] = field(default_factory=dict)
    series: Mapping[tuple[str, str], Series] = field(default_factory=dict)
    figures: Mapping[str, tuple[Figures, ...]] = field(default_factory=dict)
    made: Mapping[str, tuple[Made, ...]] = field(default_factory=dict)
    calls: Mapping[str, tuple[CallFact, ...]] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()

    def known_at(self, now: int) -> "Facts":
        """Return what was known at a moment: nothing of what began, ended or was counted later."""
        return Facts(
            {machine: _known(own, now) for machine, own in self.episodes.items()},
            {key: own.between(0, now) for key, own in self.series.items()},
            {line: tuple(f for f in own if f.at <= now) for line, own in self.figures.items()},
            {path: tuple(m for m in own if m.start < now) for path, own in self.made.items()},
            {line: tuple(_call(c, now) for c in own if c.since <= now) for line, own in self.calls.items()},
            tuple(_offer(o, now) for o in self.offers if o.since <= now),
        )


def _known(own: Stretches, now: int) -> Stretches:
    begun = own.begun(0, now + 1)
    return stretches([e if e.end is None or e.end <= now else replace(e, end=None) for e in begun])


def _call(call: CallFact, now: int) -> CallFact:
    said: dict[str, int | str | None] = {}
    if call.accepted_at is not None and call.accepted_at > now:
        said |= {"accepted_at": None, "accepted_by": None}
    if call.cleared_at is not None and call.cleared_at > now:
        said |= {"cleared_at": None, "cleared_by": None}
    known = {name: getattr(call, name) for name in call.__struct_fields__}
    return CallFact(**{**known, **said})


def _offer(offer: Offer, now: int) -> Offer:
    return offer if offer.until is None or offer.until <= now else replace(offer, until=None)


STOPPED = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)
