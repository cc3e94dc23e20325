"""What a rule would have done over a stretch of the past: its firings, and how many came before a real stop."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from app.domain.accounting.buckets import Bucket
from app.domain.alerts.facts import Facts, Stretches
from app.domain.alerts.found import Found
from app.domain.alerts.place import Place
from app.domain.alerts.rule import KpiBeyond, Rule, SignalBeyond, TrendReaches
from app.domain.alerts.rulekeys import TIMES
from app.domain.alerts.rules import asked as asked_of
from app.domain.alerts.rules import suppressed_by, why_of
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.suggestion import Said

LONGEST_MS = 31 * DAY_MS
Z = 1.96
"""95 % of a normal distribution."""
_LOOKS: Mapping[type, tuple[int, int]] = {TrendReaches: (5, 40_000), SignalBeyond: (1, 100_000)}
"""Least minutes between two looks, and how many looks a replay has in all, by how dear one is."""


@dataclass(frozen=True, slots=True)
class Firing:
    """The rule would have raised an alert. raised, cleared: UTC ms; cleared None: it stood at the end of the window.

    stop: start of the stop that followed within the horizon; None: none did. is_judged: the whole horizon was seen.
    """

    equipment: str
    raised: int
    why: Said
    cleared: int | None = None
    stop: int | None = None
    is_judged: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """hits of n, with the interval that holds the true share with 95 %. Source: Wilson 1927."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Low and high end of the interval; None of nothing.

        >>> low, high = Share(11, 14).bounds
        >>> round(low, 3), round(high, 3)
        (0.524, 0.924)
        """
        if not self.n:
            return None
        p, n, zz = self.hits / self.n, self.n, Z * Z
        middle, half = p + zz / (2 * n), Z * sqrt(p * (1 - p) / n + zz / (4 * n * n))
        return max(0.0, (middle - half) / (1 + zz / n)), min(1.0, (middle + half) / (1 + zz / n))


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule over a window. stops: real stops of what it watches, (equipment, UTC ms); missed: those not foreseen.

    precision: firings before a stop, of those that can be judged; recall: stops foreseen, of all; both None for a rule
    that foresees nothing. untold: why history cannot answer. step_ms: how often it was looked. known_from: history
    begins then, UTC ms; None: it knows nothing of these places.
    """

    rule: Rule
    window: Interval
    step_ms: int
    places: tuple[str, ...]
    firings: tuple[Firing, ...] = ()
    stops: tuple[tuple[str, int], ...] = ()
    missed: tuple[tuple[str, int], ...] = ()
    precision: Share | None = None
    recall: Share | None = None
    untold: Said | None = None
    known_from: int | None = 0

    @property
    def is_short(self) -> bool:
        """Whether history begins an hour or more after the window: what was before is not known, not quiet."""
        return self.known_from is not None and self.known_from >= self.window.start + HOUR_MS


def step_of(rule: Rule, window: Interval, places: int = 1) -> int:
    """Return how often a rule is looked at in a replay: whole minutes, coarser over long windows and many places (ms).

    A person waits for the answer: what is dear to ask is asked less often.
    """
    least, asked = _LOOKS.get(type(rule.watch), (1, 300_000))
    each = max(1, asked // max(1, places))
    return max(least, -(-window.length // (each * MINUTE_MS))) * MINUTE_MS


def replay(rule: Rule, places: Sequence[Place], facts: Facts, window: Interval) -> Trial:
    """Return what the rule would have done in the window, asked at every step of it as it is asked live."""
    step = step_of(rule, window, len(places))
    trial = Trial(rule, window, step, tuple(place.path for place in places))
    if isinstance(rule.watch, KpiBeyond) and rule.watch.figure in TIMES:
        return replace(trial, untold=Said("rules.untold.figure"))
    asked = replace(rule, enabled=True)
    firings = [firing for place in places for firing in _firings(asked, place, facts, window, step)]
    firings.sort(key=lambda f: (f.raised, f.equipment))
    if not rule.predicts:
        return replace(trial, firings=tuple(firings))
    return _judged(trial, firings, _stops(rule, places, facts, window))


def moments(rule: Rule, place: Place, facts: Facts, window: Interval, step: int) -> Iterator[tuple[int, Found]]:
    """Yield the moments of the window, every `step` ms, at which the condition holds and is not suppressed."""
    ask = asked_of(rule, place, facts)
    for now in range(window.start, window.end, step):
        found = ask(now)
        if found is not None and suppressed_by(rule, place, facts, now) is None:
            yield now, found


def _firings(rule: Rule, place: Place, facts: Facts, window: Interval, step: int) -> Iterator[Firing]:
    """Yield alerts: raised when it held for the on-delay, cleared when it was gone for the off-delay."""
    on, off = rule.alert.on_delay_ms or 0, rule.alert.off_delay_ms or 0
    held_from = seen = -1
    standing: Firing | None = None
    for now, found in moments(rule, place, facts, window, step):
        if standing is not None and now - seen - step >= max(off, 1):
            yield replace(standing, cleared=seen + step + off)
            standing, held_from = None, now
        elif held_from < 0 or (standing is None and now - seen > step):
            held_from = now
        seen = now
        if standing is None and now - held_from >= on:
            standing = Firing(place.path, now, why_of(rule, found))
    if standing is not None:
        end = seen + step + off
        yield replace(standing, cleared=end if end < window.end else None)


def _stops(rule: Rule, places: Sequence[Place], facts: Facts, window: Interval) -> list[tuple[str, int]]:
    found = [
        (place.path, episode.start)
        for place in places
        for episode in facts.episodes.get(place.machine, Stretches()).begun(window.start, window.end)
        if episode.bucket is Bucket.UNPLANNED_STOP and (not rule.foresees or episode.reason in rule.foresees)
    ]
    return sorted(found, key=lambda stop: (stop[1], stop[0]))


def _judged(trial: Trial, firings: Sequence[Firing], stops: list[tuple[str, int]]) -> Trial:
    horizon, end = trial.rule.alert.horizon_ms, trial.window.end
    stopped, raised = _by_place(stops), _by_place([(f.equipment, f.raised) for f in firings])
    told = tuple(_followed(firing, stopped.get(firing.equipment, []), horizon, end) for firing in firings)
    real = [stop for stop in stops if stop[1] >= trial.window.start + horizon]
    missed = tuple((path, at) for path, at in real if _first(raised.get(path, []), Interval(at - horizon, at)) is None)
    judged = [firing for firing in told if firing.is_judged]
    return replace(
        trial,
        firings=told,
        stops=tuple(stops),
        missed=missed,
        precision=Share(sum(f.stop is not None for f in judged), len(judged)),
        recall=Share(len(real) - len(missed), len(real)),
    )


def _followed(firing: Firing, stops: list[int], horizon: int, end: int) -> Firing:
    """Say which stop of its equipment followed. stops: starts, rising."""
    stop = _first(stops, Interval(firing.raised + 1, firing.raised + horizon + 1))
    return replace(firing, stop=stop, is_judged=firing.raised + horizon <= end)


def _by_place(told: Sequence[tuple[str, int]]) -> dict[str, list[int]]:
    """Return the moments of each place, rising as they were given."""
    found: dict[str, list[int]] = {}
    for path, at in told:
        found.setdefault(path, []).append(at)
    return found


def _first(rising: list[int], within: Interval) -> int | None:
    place = bisect_left(rising, within.start)
    return rising[place] if place < len(rising) and rising[place] < within.end else None
