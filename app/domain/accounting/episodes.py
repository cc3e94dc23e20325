"""Episodes: adjacent segments that are one stretch to a person - same bucket, same reason, same attestation."""

from collections.abc import Callable

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.day import Claim
from app.domain.accounting.timeline import Context, Inputs, Segment, timeline
from app.domain.interval import DAY_MS, MINUTE_MS, Interval

FARTHEST_MS = 40 * DAY_MS
FIRST_MS = 10 * MINUTE_MS
"""How far is read first for where an episode began or ends; then four times as far, and so on."""
_CALENDAR = (Bucket.UNSCHEDULED, Bucket.UNKNOWN)


def episodes_in(inputs: Inputs, context: Context, window: Interval, now: int) -> list[Episode]:
    """Return the episodes that overlap `window` up to `now`, by start, whole and adjacent.

    An episode that reaches `now` is open (end None). Episodes longer than 40 days are cut there.
    """
    window = Interval(window.start, min(window.end, now))
    if window.end <= window.start:
        return []
    segments = _to_the_left(_joined(timeline(inputs, context, window, now)), _reader(inputs, context, now))
    segments = _to_the_right(segments, _reader(inputs, context, now), now)
    return [_episode(segment, context, now) for segment in segments]


def episodes_from(inputs: Inputs, context: Context, window: Interval, now: int) -> list[Episode]:
    """Return the episodes that BEGIN inside `window`, whole; like `episodes_in`, but nothing to the left is read."""
    wide = Interval(max(0, window.start - 1), min(window.end, now))
    segments = _joined(timeline(inputs, context, wide, now))
    segments = [segment for segment in segments if segment.start >= window.start]
    if not segments:
        return []
    segments = _to_the_right(segments, _reader(inputs, context, now), now)
    return [_episode(segment, context, now) for segment in segments]


def _reader(inputs: Inputs, context: Context, now: int) -> Callable[[int, int], list[Segment]]:
    return lambda start, end: _joined(timeline(inputs, context, Interval(start, end), now))


def _to_the_left(segments: list[Segment], read: Callable[[int, int], list[Segment]]) -> list[Segment]:
    step, limit = FIRST_MS, max(0, segments[0].start - FARTHEST_MS)
    while segments[0].start > limit:
        start = segments[0].start
        before = read(max(limit, start - step), start)
        if not before or not _same(before[-1], segments[0]):
            break
        segments[0] = segments[0]._replace(start=before[-1].start, piece=before[-1].piece, shift=before[-1].shift)
        if len(before) > 1:
            break
        step *= 4
    return segments


def _to_the_right(segments: list[Segment], read: Callable[[int, int], list[Segment]], now: int) -> list[Segment]:
    step, limit = FIRST_MS, min(now, segments[-1].end + FARTHEST_MS)
    while segments[-1].end < limit:
        end = segments[-1].end
        after = read(end, min(limit, end + step))
        if not after or not _same(segments[-1], after[0]):
            break
        segments[-1] = segments[-1]._replace(end=after[0].end)
        if len(after) > 1:
            break
        step *= 4
    return segments


def _joined(segments: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        if joined and _same(joined[-1], segment):
            joined[-1] = joined[-1]._replace(end=segment.end)
        else:
            joined.append(segment)
    return joined


def _same(before: Segment, after: Segment) -> bool:
    return (
        before.bucket is after.bucket
        and before.reason == after.reason
        and _claim_id(before) == _claim_id(after)
        and (before.bucket in _CALENDAR or before.piece.kind is after.piece.kind)
    )


def _claim_id(segment: Segment) -> str | None:
    claim = _claim(segment)
    return claim.id if claim else None


def _claim(segment: Segment) -> Claim | None:
    return None if segment.bucket is Bucket.UNSCHEDULED else segment.piece.claim


def _episode(segment: Segment, context: Context, now: int) -> Episode:
    claim = _claim(segment)
    order = context.orders.at(segment.start)
    return Episode(
        machine=context.unit.path,
        start=segment.start,
        end=None if segment.end >= now else segment.end,
        bucket=segment.bucket,
        said=segment.piece.word or None,
        reason=segment.reason,
        attested_by=claim.by if claim else None,
        note=claim.note if claim else None,
        order=order.order if order else None,
        product=order.product if order else None,
        shift=segment.shift.key if segment.shift else None,
        edits=(claim.id,) if claim else (),
        version=1 if claim else 0,
    )
