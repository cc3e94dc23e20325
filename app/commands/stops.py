"""Say what a stop was, or take it back; split it, merge it with others. The second of two editors sees the first's."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from app.auth.guard import Conflict, Invalid
from app.commands.desk import CommandDesk, Receipt, check_reason, note_of, source_of
from app.commands.extent import Extent, Mark, StopSeen, bounded_end, check_closed, extent_of
from app.domain.accounting.buckets import Bucket
from app.domain.events.contract import StopClassified
from app.domain.interval import MINUTE_MS, Interval
from app.domain.roles import Identity
from app.streams.desk import Changed

ATTESTED = ("run", "stop", "setup", "starved", "blocked", "planned")
NO_STOP = (Bucket.RUNNING, Bucket.UNSCHEDULED)
LONGEST_RUN_BETWEEN_MS = 10 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class StopEdit:
    """What a person wants to say about a stop.

    stop: its id, `site/area/line/machine@start`. reason: a leaf of the tree, None takes back what was said. saw,
    saw_end: the reason and end the person saw on the stop (None: none). planned overrides the reason's own flag.
    state: what unknown time was (run, stop, ...). key: see Desk.say.
    """

    stop: str
    reason: str | None
    saw: str | None = None
    planned: bool | None = None
    note: str | None = None
    key: str = ""
    saw_end: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class StopSplit:
    """From `at` (UTC ms, inside the stop) on it was something else: `reason`. The part before stays as it is."""

    stop: str
    at: int
    reason: str
    saw: str | None = None
    saw_end: int | None = None
    planned: bool | None = None
    note: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class StopMerge:
    """Stops of one machine, as seen, that were one: what lies between them was no production."""

    stops: Sequence[StopSeen]
    reason: str
    planned: bool | None = None
    note: str | None = None
    key: str = ""


def classify_stop(desk: CommandDesk, who: Identity, edit: StopEdit) -> Receipt:
    """Append the classification (or its withdrawal). Raises Forbidden, NotFound, Invalid, Conflict, Unavailable."""
    found = extent_of(desk, who, edit)
    _check_said(desk, edit, found)
    note = note_of(edit.note)
    check_closed(desk, who, found.line, found.start, note)
    said = _said(desk, who, found, Interval(found.start, bounded_end(desk, found) or 0))
    said = replace(said, reason=edit.reason, planned=edit.planned, state=edit.state, note=note)
    return _take(desk, who, [found], said, edit.key)


def split_stop(desk: CommandDesk, who: Identity, split: StopSplit) -> Receipt:
    """Append what the stop was from `at` on. Raises Forbidden, NotFound, Invalid, Conflict, Unavailable."""
    found = extent_of(desk, who, split)
    check_reason(desk, split.reason)
    if found.known is None:
        raise Invalid("refused.stop_unknown")
    _check_is_stop(found)
    if not found.start < split.at < (found.end or desk.now()):
        raise Invalid("refused.split_at")
    note = note_of(split.note)
    check_closed(desk, who, found.line, found.start, note)
    said = _said(desk, who, found, Interval(split.at, found.end or 0))
    said = replace(said, reason=split.reason, planned=split.planned, note=note)
    kept = Mark(found.known.reason or "", who.name, split.at, said.t)
    return _take(desk, who, [found], said, split.key, kept)


def merge_stops(desk: CommandDesk, who: Identity, merge: StopMerge) -> Receipt:
    """Append that the stops and what lies between were one stop. Raises as classify_stop."""
    found = sorted((extent_of(desk, who, seen) for seen in merge.stops), key=lambda stop: stop.start)
    check_reason(desk, merge.reason)
    _check_mergeable(desk, found)
    note, first, end = note_of(merge.note), found[0], found[-1].end
    check_closed(desk, who, first.line, first.start, note)
    said = _said(desk, who, first, Interval(first.start, end or 0))
    said = replace(said, reason=merge.reason, planned=merge.planned, note=note)
    return _take(desk, who, found, said, merge.key)


def _said(desk: CommandDesk, who: Identity, found: Extent, window: Interval) -> StopClassified:
    """Return the event of a person about a stretch of time, saying nothing yet; end 0: until the stop ends."""
    return StopClassified(
        machine=found.machine.path,
        t=desk.now(),
        source=source_of(who),
        epoch=0,
        seq=0,
        from_=window.start,
        to=window.end or None,
        by=who.name,
    )


def _take(
    desk: CommandDesk, who: Identity, found: Sequence[Extent], said: StopClassified, key: str, mark: Mark | None = None
) -> Receipt:
    kept = mark or Mark(said.reason or "", who.name, said.to, said.t)
    try:
        return desk.take(found[0].line, who, said, key=key, locks=[stop.lock(kept) for stop in found])
    except Changed as changed:
        last = Mark.of(changed.last)
        reason = desk.plant.reasons.get(last.reason or None)
        word = "refused.changed_reason_by" if last.reason else "refused.changed_none_by"
        raise Conflict(word, by=last.by, reason=reason.name if reason else last.reason) from changed


def _check_said(desk: CommandDesk, edit: StopEdit, found: Extent) -> None:
    if edit.reason is not None:
        check_reason(desk, edit.reason)
    elif edit.planned is not None:
        raise Invalid("refused.planned_alone")
    if edit.state is None:
        _check_is_stop(found)
    elif edit.state not in ATTESTED:
        raise Invalid("refused.state", states=", ".join(ATTESTED))
    elif found.known is None or found.known.bucket is not Bucket.UNKNOWN:
        raise Invalid("refused.not_unknown")


def _check_is_stop(found: Extent) -> None:
    if found.known is not None and found.known.bucket in NO_STOP and not found.known.edits:
        raise Invalid("refused.no_stop")


def _check_mergeable(desk: CommandDesk, found: Sequence[Extent]) -> None:
    if len(found) < 2 or len({stop.machine.path for stop in found}) > 1:
        raise Invalid("refused.merge_two")
    if any(stop.known is None or stop.end is None for stop in found):
        raise Invalid("refused.merge_open")
    for stop in found:
        _check_is_stop(stop)
    window = Interval(found[0].start, found[-1].end or 0)
    between = desk.past.episodes(found[0].machine.path, window)
    running = sum(Interval(e.start, e.end or 0).clip(window).length for e in between if e.bucket is Bucket.RUNNING)
    if running > LONGEST_RUN_BETWEEN_MS:
        raise Invalid("refused.merge_far", minutes=LONGEST_RUN_BETWEEN_MS // MINUTE_MS)
