"""What a line or machine brings into a figure that is opened: its components, and the stops or calls behind it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.boards.downtime import DowntimeQuestion
from app.boards.explain import Asked, AskedPart, Kept, RawEvents, Told
from app.domain.accounting.buckets import ZERO, Bucket, Components
from app.domain.accounting.facts import CallFact
from app.domain.accounting.figures import CALLS, FAILURES, STOPS, Counted
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant
from app.historian.buckets import Group, Only, cut, grouped
from app.historian.database import Database
from app.historian.episodes import calls_of, stops_of
from app.historian.usage import reasoned
from app.views.kpis import lines_of, machines_of, shift_sums, sums
from app.views.shift_parts import together
from app.views.stops import Lost, lost_stops, shifts_of


class RawReader(Protocol):
    """Where events are read back from as they were said (app.streams.raw)."""

    def newest(self, line: str, window: Interval, about: Collection[str], most: int) -> RawEvents:
        """Return the newest events of `window` about these paths, newest first. Raises ServerAway."""

    def told(self, line: str, window: Interval, about: Collection[str]) -> Told:
        """Return what these paths counted and measured in `window`. Raises ServerAway."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an explanation is read from."""

    db: Database
    plant: Plant
    raw: RawReader


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the figure. told: the time its components speak about; last: its newest whole stretch of that.

    stops: those the figure is counted from, by start; calls: those it is the mean of.
    """

    asked: AskedPart
    counted: Counted
    told: Interval
    last: Interval
    stops: tuple[Lost, ...] = ()
    calls: tuple[CallFact, ...] = ()

    @property
    def path(self) -> str:
        """The line or machine it is of."""
        return self.asked.path


def part_of(sources: Sources, asked: Asked, part: AskedPart) -> Part:
    """Return what one line or machine brings into the figure."""
    found = _cells(sources, asked.kept, part)
    if asked.kpi == CALLS:
        return _with_calls(sources, asked.kept, found)
    if asked.kpi == "reasoned":
        return _with_reasons(sources, found)
    return _with_stops(sources, asked, found) if asked.kpi in STOPS else found


def _cells(sources: Sources, kept: Kept, part: AskedPart) -> Part:
    if part.live is not None:
        return Part(part, Counted(part.live), part.window, part.window)
    db, plant = sources.db, sources.plant
    if kept.is_filtered:
        found = [(g.components, g.told) for g in _filtered(sources, kept, part)]
    elif kept.shift is None:
        found = [(g.components, g.told) for _, g in sums(db, plant, part.path, part.window, "total")]
    else:
        told = shift_sums(db, plant, part.path, part.window)
        found = [(s.components, s.told) for s in told if s.ref.name == kept.shift]
    if not found:
        return Part(part, Counted(), part.window, part.window)
    told_of = Interval(min(t.start for _, t in found), max(t.end for _, t in found))
    return Part(part, Counted(sum((c for c, _ in found), ZERO)), told_of, found[-1][1])


def _filtered(sources: Sources, kept: Kept, part: AskedPart) -> list[Group]:
    """Return the cells the filters keep, as the downtime page adds them."""
    found = []
    for shift in shifts_of(sources.plant, _question(kept, part)):
        for paths, where in together(sources.plant, part.path, part.window):
            groups = grouped(sources.db, paths, where, ["shift"], Only(shift, kept.product))
            found += [g for g in groups if g.key[0] is not None or not kept.in_shifts]
    return sorted(found, key=lambda g: g.told.start)


def _question(kept: Kept, part: AskedPart) -> DowntimeQuestion:
    return DowntimeQuestion(
        part.path, part.window, shift=kept.shift, product=kept.product, crew=kept.crew, reason=kept.reason
    )


def _with_stops(sources: Sources, asked: Asked, part: Part) -> Part:
    """Return the part with the stops of its figure; under a page's filters its failures are counted from them."""
    plant, kept = sources.plant, asked.kept
    window = _stopped_in(plant, part) if kept.is_filtered else part.told
    found = lost_stops(sources.db, plant, _question(kept, part.asked), window)
    stops = [s for s in found if s.episode.bucket is STOPS[asked.kpi]]
    counted = part.counted
    if asked.kpi in FAILURES:
        stops = failures_of(plant, stops)
        if kept.is_filtered:
            counted = replace(counted, components=_failed(counted.components, stops, window))
    if asked.kpi == "unexplained":
        stopped, stops = sum(s.ms for s in stops), [s for s in stops if s.episode.reason is None]
        counted = replace(counted, stopped_ms=stopped, unexplained_ms=sum(s.ms for s in stops))
    return replace(part, counted=counted, stops=tuple(stops))


def _stopped_in(plant: Plant, part: Part) -> Interval:
    """Return the time whose stops count: to the end asked for, and on with the hour that cells tell as a whole."""
    start, end = part.asked.window
    whole = cut(lines_of(plant, part.path)[0].calendar, part.asked.window).window
    return Interval(start, max(end, min(whole.end, part.told.end)))


def failures_of(plant: Plant, stops: Sequence[Lost]) -> list[Lost]:
    """Return the unplanned stops whose reason is a failure (ISO 22400-2 MTBF: failures only)."""
    unplanned = (stop for stop in stops if stop.episode.bucket is Bucket.UNPLANNED_STOP)
    return [s for s in unplanned if (found := plant.reasons.get(s.episode.reason)) is not None and found.failure]


def counted_failures(stops: Sequence[Lost], window: Interval) -> tuple[int, int]:
    """Return how many failures began in the window, and the repair time (ms) of all that lies in it, as KPI rows do."""
    return sum(window.start <= stop.episode.start < window.end for stop in stops), sum(stop.ms for stop in stops)


def _failed(components: Components, stops: Sequence[Lost], window: Interval) -> Components:
    failures, repair = counted_failures(stops, window)
    return replace(components, failures=failures, repair_ms=repair)


def _with_calls(sources: Sources, kept: Kept, part: Part) -> Part:
    line = lines_of(sources.plant, part.path)[0].path
    calls = calls_of(sources.db, [line], part.asked.window)
    calls = [call for call in calls if kept.reason in (None, call.call)]
    waits = waited(calls)
    counted = replace(part.counted, waited_ms=sum(waits), answered=len(waits), calls=len(calls))
    return replace(part, counted=counted, calls=tuple(calls))


def waited(calls: Sequence[CallFact]) -> list[int]:
    """Return how long each call that was answered had waited, ms."""
    return [c.accepted_at - c.since for c in calls if c.accepted_at is not None and c.accepted_at >= c.since]


def _with_reasons(sources: Sources, part: Part) -> Part:
    """Return the part with the stops of every machine that nobody gave a reason, as the outcomes page counts them."""
    machines, leaves = machines_of(sources.plant, part.path), [r.id for r in sources.plant.reasons.leaves()]
    window = part.asked.window
    told = reasoned(sources.db, machines, leaves, window)
    unplanned = stops_of(sources.db, machines, window, [int(Bucket.UNPLANNED_STOP)])
    stops = [
        Lost(e, Interval(e.start, window.end if e.end is None else e.end).clip(window).length)
        for e in unplanned
        if e.attested_by is None and e.reason not in leaves
    ]
    counted = replace(part.counted, stopped_ms=told.all_ms, unexplained_ms=told.all_ms - told.with_reason_ms)
    return replace(part, counted=counted, stops=tuple(stops))
