"""Machines' timelines, and one stop with what happened from two minutes before to two minutes after."""

from collections.abc import Callable, Iterator, Sequence

from app.boards.downtime import Act, ActKind, Band, CloseUp, Counts, Made, Track
from app.boards.explain import RawCount, RawEvents, Told
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.alerts.kept import Kept
from app.domain.interval import DAY_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.suggestion import Evidence
from app.historian.alerts import Alerts
from app.historian.database import Database
from app.historian.episodes import calls_of, corrections_of, episodes_of
from app.streams.connection import ServerAway
from app.views.explain_parts import Sources
from app.views.kpis import lines_of
from app.views.stops import LOST, Lost, stop_row

AROUND_MS = 2 * MINUTE_MS
MOST_BANDS = 4_000
MOST_EVENTS = 80
LONGEST_MS = 60 * MINUTE_MS
"""Of a stop longer than an hour its beginning is looked at: what led to it is there."""


def tracks(db: Database, plant: Plant, equipment: str, span: Interval) -> list[Track]:
    """Return the timelines of a line's machines, or of each line's constraint for an area or a site."""
    lines = lines_of(plant, equipment)
    if len(lines) == 1:
        return _of_machines(db, plant, [(m.path, m.name) for m in lines[0].machines], span)
    return _of_machines(db, plant, [(line.constraint, line.name) for line in lines], span)


def _of_machines(db: Database, plant: Plant, machines: Sequence[tuple[str, str]], span: Interval) -> list[Track]:
    found = episodes_of(db, [path for path, _ in machines], span, MOST_BANDS)
    return [
        Track(path, name, tuple(_band(plant, e, span) for e in found if e.machine == path)) for path, name in machines
    ]


def _band(plant: Plant, e: Episode, span: Interval) -> Band:
    inside = Interval(e.start, span.end if e.end is None else e.end).clip(span)
    reason = plant.reasons.get(e.reason)
    is_stop = e.bucket in LOST and e.bucket is not Bucket.UNKNOWN
    return Band(
        inside.start, inside.end, e.bucket, e.reason if reason is None else reason.name, e.id if is_stop else None
    )


def close_up(sources: Sources, stop: str, window: Interval, name: Callable[[str], str]) -> CloseUp | None:
    """Return a stop closely; None when no stop of the plant has this id."""
    machine, _, start = stop.rpartition("@")
    line = _line_of(sources.plant, machine)
    if line is None or not start.isdecimal():
        return None
    at = int(start)
    found = episodes_of(sources.db, [machine], Interval(at, at + 1), 2)
    episode = next((e for e in found if e.start == at), None)
    if episode is None:
        return None
    end = min(window.end if episode.end is None else episode.end, at + LONGEST_MS)
    span = Interval(at, max(end, at + 1))
    around = Interval(at - AROUND_MS, span.end + AROUND_MS)
    paths = {unit.path for unit in line.machines}
    raw, told = _raw(sources, line, span)
    length = (window.end if episode.end is None else episode.end) - at
    known = sorted(paths | {line.path})
    alerts = Alerts(sources.db).standing_in(known, around)
    factor = _factor(sources.plant, episode)
    return CloseUp(
        stop=stop_row(sources.plant, Lost(episode, max(0, length)), name),
        window=around,
        tracks=tuple(_of_machines(sources.db, sources.plant, [(m.path, m.name) for m in line.machines], around)),
        raw=raw,
        acts=tuple(sorted(_acts(sources.db, line, (span, around), alerts), key=lambda act: act.at)),
        counts=tuple(_counts(line, told, span, factor, is_over=episode.end == end)),
        values=tuple(_values(line, told, machine, at)),
        alerts=tuple(alerts),
        told_word=told.word,
    )


def _raw(sources: Sources, line: WorkCenter, span: Interval) -> tuple[RawEvents, Told]:
    """Return what led to a stop, what followed, and what was told all along; the word when it cannot be read."""
    about = {line.path, *(unit.path for unit in line.machines)}
    around = Interval(span.start - AROUND_MS, span.end + AROUND_MS)
    try:
        led, rest = (
            sources.raw.newest(line.path, part, about, MOST_EVENTS // 2)
            for part in (Interval(around.start, span.start + 1), Interval(span.start + 1, around.end))
        )
        told = sources.raw.told(line.path, around, about)
    except ServerAway:
        return RawEvents((), "events.away"), Told(word="events.away")
    events = (*rest.events, *led.events)
    words = [word for word in (led.word, rest.word) if word not in (None, "events.none")]
    return RawEvents(events, words[0] if words else None if events else "events.none"), told


def _factor(plant: Plant, episode: Episode) -> float:
    product = plant.products.get(episode.product or "")
    return float(product.resolution) if product else 1.0


def _acts(db: Database, line: WorkCenter, when: tuple[Interval, Interval], alerts: Sequence[Kept]) -> Iterator[Act]:
    """Yield what people did around a stop, and what they corrected of it whenever that was."""
    span, around = when
    done: list[tuple[int | None, str | None, ActKind, str]] = []
    for call in calls_of(db, [line.path], Interval(around.start - DAY_MS, around.end)):
        done.append((call.since, call.by, "call", call.call))
        done.append((call.accepted_at, call.accepted_by, "accept", call.call))
        done.append((call.cleared_at, call.cleared_by, "clear", call.call))
    done += [(a.acknowledged_at, a.acknowledged_by, "acknowledge", str(a.id)) for a in alerts]
    for at, by, what, about in done:
        if at is not None and by is not None and around.start <= at < around.end:
            yield Act(at, by, what, about)
    known = sorted({line.path, *(unit.path for unit in line.machines)})
    for edit in corrections_of(db, known, span):
        yield Act(edit.at, edit.by, "edit", edit.what, edit.note)


def _counts(line: WorkCenter, told: Told, span: Interval, factor: float, *, is_over: bool) -> Iterator[Counts]:
    for unit in line.machines:
        own = [count for count in told.counts if count.machine == unit.path]
        if own:
            yield Counts(
                unit.name,
                _made([c for c in own if c.t < span.start], factor),
                _made([c for c in own if span.start <= c.t < span.end], factor),
                _made([c for c in own if c.t >= span.end], factor) if is_over else None,
            )


def _made(counts: Sequence[RawCount], factor: float) -> Made:
    return Made(
        sum(c.good for c in counts) * factor,
        sum(c.reject for c in counts) * factor,
        sum(c.rework for c in counts) * factor,
    )


def _values(line: WorkCenter, told: Told, machine: str, at: int) -> Iterator[Evidence]:
    """Yield the signals that said something, those of the stopped machine first, as the plant file has them."""
    for unit in sorted(line.machines, key=lambda unit: unit.path != machine):
        for signal in unit.signals.values():
            points = tuple((v.t, v.value) for v in told.values if (v.machine, v.signal) == (unit.path, signal.id))
            if points:
                name = f"{unit.name}: {signal.meaning or signal.id}"
                yield Evidence(name, signal.unit, points, signal.low, signal.high, at)


def _line_of(plant: Plant, machine: str) -> WorkCenter | None:
    return next((line for line in plant.lines() if machine in {unit.path for unit in line.machines}), None)
