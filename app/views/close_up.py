"""Machines' timelines, and one stop with what happened from two minutes before to two minutes after."""

from collections.abc import Callable, Sequence

from app.boards.downtime import Band, CloseUp, Track
from app.domain.accounting.buckets import Bucket, Episode
from app.domain.interval import MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.database import Database
from app.historian.episodes import calls_of, corrections_of, episodes_of
from app.views.explain import Sources
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
    around = Interval(at - AROUND_MS, max(end, at + 1) + AROUND_MS)
    paths = {unit.path for unit in line.machines}
    calls = calls_of(sources.db, [line.path], around)
    edits = corrections_of(sources.db, sorted(paths | {line.path}), Interval(at, max(end, at + 1)))
    length = (window.end if episode.end is None else episode.end) - at
    return CloseUp(
        stop=stop_row(sources.plant, Lost(episode, max(0, length)), name),
        window=around,
        tracks=tuple(_of_machines(sources.db, sources.plant, [(m.path, m.name) for m in line.machines], around)),
        raw=sources.raw.newest(line.path, around, paths | {line.path}, MOST_EVENTS),
        calls=tuple((call.since, call.call, call.by) for call in calls),
        edits=tuple((edit.at, edit.by, edit.what, edit.note) for edit in edits),
    )


def _line_of(plant: Plant, machine: str) -> WorkCenter | None:
    return next((line for line in plant.lines() if machine in {unit.path for unit in line.machines}), None)
