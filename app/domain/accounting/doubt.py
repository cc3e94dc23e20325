"""Time whose figures contradict themselves or rest on signals that broke a rule: known, but not to be relied on.

Doubtful time stays in its bucket: nothing is invented. It lowers the trust of every figure it is part of.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from app.domain.accounting.buckets import IN_PBT, Bucket
from app.domain.accounting.day import Made
from app.domain.accounting.packml import Kind
from app.domain.accounting.timeline import Segment
from app.domain.interval import Interval

SLACK_MS = 10_000
"""Units still on the belt are counted this long after a machine said it stood."""
_STANDING = frozenset({Kind.STOP, Kind.STARVED, Kind.BLOCKED})
_KNOWN = frozenset(IN_PBT) - {Bucket.UNKNOWN}


def contradicted(made: Iterable[Made], segments: Sequence[Segment], longest_ms: int) -> list[Interval]:
    """Return when units were counted although the machine said it stood (DOMAIN section 8, cross-check).

    A count belongs to the time since the one before; it contradicts a stop when all of that time lies in the stop,
    past its first 10 s. Doubtful is that time, at most `longest_ms` of it. made: by end, but for people's corrections.
    """
    stops = _stops(segments)
    if not stops:
        return []
    counted = sorted(m for m in made if m.t1 > m.t0)
    found: list[Interval] = []
    for start, end in stops:
        at = bisect_left(counted, start + SLACK_MS, key=_start)
        while at < len(counted) and counted[at].t1 <= end:
            m = counted[at]
            if m.good or m.reject or m.rework:
                found.append(Interval(max(m.t0, m.t1 - longest_ms), m.t1))
            at += 1
    return found


def _stops(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    pieces = {(s.piece.start, s.piece.end) for s in segments if s.piece.kind in _STANDING}
    return [(start, end) for start, end in pieces if end - start > SLACK_MS]


def _start(made: Made) -> int:
    return made.t0


def known_work(segments: Iterable[Segment]) -> list[Interval]:
    """Return the planned busy time about which something is known."""
    return [Interval(s.start, s.end) for s in segments if s.bucket in _KNOWN]


def doubtful(segments: Sequence[Segment], stretches: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the known planned busy time inside the stretches, by start, each instant once. segments: by start."""
    at, done = 0, segments[0].start if segments else 0
    for stretch in sorted(stretches):
        start = max(stretch.start, done)
        while at < len(segments) and segments[at].end <= start:
            at += 1
        i = at
        while i < len(segments) and segments[i].start < stretch.end:
            segment = segments[i]
            part = Interval(max(start, segment.start), min(stretch.end, segment.end))
            if part.end > part.start and segment.bucket in _KNOWN:
                yield part
            i += 1
        done = max(done, stretch.end)
