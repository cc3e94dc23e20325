"""Kinds of rules about one machine: its state, its stops, its process values and where they go."""

from functools import partial

from app.domain.accounting.buckets import Bucket
from app.domain.alerts.facts import STOPPED, Facts, Series, Stretches
from app.domain.alerts.found import Fields, Found, rounded
from app.domain.alerts.place import Place
from app.domain.alerts.rule import SignalBeyond, StateHolds, StopsRepeat, TrendReaches
from app.domain.alerts.slope import line_through
from app.domain.interval import MINUTE_MS
from app.domain.suggestion import Evidence

FRESH_MS = 10 * MINUTE_MS
"""A value older than this says nothing about now."""
MOST_POINTS = 180


def state_holds(watch: StateHolds, place: Place, facts: Facts, now: int) -> Found | None:
    """Return the state in which the machine has been too long."""
    own = facts.episodes.get(place.machine)
    current = own.at(now) if own is not None else None
    if current is None or current.bucket not in watch.buckets or now - current.start < watch.for_ms:
        return None
    if watch.reasons and current.reason not in watch.reasons:
        return None
    fields: Fields = {
        "value": current.bucket.key,
        "reason": current.reason or "",
        "minutes": (now - current.start) // MINUTE_MS,
        "limit": watch.for_ms // MINUTE_MS,
    }
    return Found(current.start, fields)


def stops_repeat(watch: StopsRepeat, place: Place, facts: Facts, now: int) -> Found | None:
    """Return that the machine stopped again and again; since: the stop that made it so many."""
    own = facts.episodes.get(place.machine)
    if own is None:
        return None
    begun = own.begun(now - watch.within_ms, now + 1)
    stops = [e for e in begun if e.bucket in STOPPED and (not watch.reasons or e.reason in watch.reasons)]
    if len(stops) < watch.count:
        return None
    fields: Fields = {"count": len(stops), "minutes": watch.within_ms // MINUTE_MS, "limit": watch.count}
    return Found(stops[watch.count - 1].start, fields)


def trend_reaches(watch: TrendReaches, place: Place, facts: Facts, now: int) -> Found | None:
    """Return that a value will reach its limit in time; not once it is beyond it, which a `signal` rule says.

    Time to the limit = (limit - value of the robust line now) / its slope.
    """
    seen = seen_of(watch, place, facts, now - watch.over_ms, now)
    if not seen.t or now - seen.t[-1] > FRESH_MS or seen.t[-1] - seen.t[0] < watch.over_ms // 2:
        return None
    found = line_through(seen.t, seen.v)
    limit = watch.above if watch.above is not None else watch.below
    if found is None or limit is None or not found[0]:
        return None
    slope, value = found
    left = (limit - value) / slope
    is_towards = slope > 0 if watch.above is not None else slope < 0
    if not is_towards or not 0 <= left <= watch.within_ms:
        return None
    fields: Fields = {
        "signal": watch.signal,
        "value": rounded(value),
        "limit": limit,
        "unit": place.unit,
        "minutes": round(left / MINUTE_MS),
    }
    return Found(seen.t[-1], fields, partial(evidence_of, watch, place, seen, seen.t[0]))


def seen_of(watch: SignalBeyond | TrendReaches, place: Place, facts: Facts, start: int, now: int) -> Series:
    """Return the minutes of the watched value; of a machine whose time is known only those in which it ran."""
    series = facts.series.get((place.machine, watch.signal), Series()).between(start, now)
    own = facts.episodes.get(place.machine) if watch.running else None
    ran = [at for at, t in enumerate(series.t) if _ran(own, t)]
    if len(ran) == len(series.t):
        return series
    return Series(tuple(series.t[at] for at in ran), tuple(series.v[at] for at in ran))


def _ran(own: Stretches | None, t: int) -> bool:
    """Whether the machine ran at `t`; one whose time is not known there, or that need not run, did."""
    current = None if own is None else own.at(t)
    return current is None or current.bucket is Bucket.RUNNING


def evidence_of(watch: SignalBeyond | TrendReaches, place: Place, seen: Series, mark: int) -> Evidence:
    """Return the values with the limit. mark: when it began, UTC ms."""
    step = max(1, len(seen.t) // MOST_POINTS)
    points = tuple(zip(seen.t[::step], seen.v[::step], strict=True))
    return Evidence(watch.signal, place.unit, points, watch.below, watch.above, mark)
