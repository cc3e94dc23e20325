"""One exclusive timeline per machine: every millisecond of a window in exactly one bucket (DOMAIN section 1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.claims import Piece, attest
from app.domain.accounting.day import Claim
from app.domain.accounting.orders import OrderBook
from app.domain.accounting.packml import Kind
from app.domain.accounting.runs import Run, Statements, runs_around
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkUnit
from app.domain.plant.reasons import ReasonTree
from app.domain.plant.shifts import ShiftCalendar, ShiftInstance

NO_ORDER = "no-order"
BREAK = "break"
_BUCKET_OF = {
    Kind.NONE: Bucket.UNKNOWN,
    Kind.RUN: Bucket.RUNNING,
    Kind.STOP: Bucket.UNPLANNED_STOP,
    Kind.SETUP: Bucket.SETUP,
    Kind.STARVED: Bucket.STARVED,
    Kind.BLOCKED: Bucket.BLOCKED,
    Kind.PLANNED: Bucket.PLANNED_STOP,
}
_IDLE_BUCKETS = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP, Bucket.STARVED, Bucket.BLOCKED)


class Segment(NamedTuple):
    """A stretch in one bucket. piece: the whole stretch of the machine's own story it was cut from."""

    start: int
    end: int
    bucket: Bucket
    reason: str | None
    shift: ShiftInstance | None
    piece: Piece


class Inputs(Statements, Protocol):
    """Everything about one machine that a timeline derives from, by time."""

    def claims(self, window: Interval) -> list[Claim]:
        """Return the attestations that may touch `window`, any order."""

    def unknown(self, window: Interval, now: int) -> list[Interval]:
        """Return the untrusted stretches inside `window`: silence and missing events; disjoint, by start."""


Lapses = Callable[[Interval, int], list[Interval]]
"""(window, now) -> when, inside the window, a signal that a machine's figures derive from broke a rule."""


def no_lapses(_window: Interval, _now: int) -> list[Interval]:
    """Return nothing: no signal is watched."""
    return []


@dataclass(slots=True)
class Context:
    """What a machine's figures depend on besides its own inputs; the calendar is replaced by said exceptions."""

    unit: WorkUnit
    calendar: ShiftCalendar
    reasons: ReasonTree
    orders: OrderBook
    lapses: Lapses = no_lapses


def timeline(inputs: Inputs, context: Context, window: Interval, now: int) -> list[Segment]:
    """Return the segments of `window` up to `now`: by start, adjacent, exactly covering it; empty after `now`.

    Precedence: no shift > attested by a person > break > said by the machine > inferred; untrusted time that nobody
    attested is unknown; a stop is minor or unplanned as a whole, over every border.
    """
    window = Interval(window.start, min(window.end, now))
    if window.end <= window.start:
        return []
    segments = _judged(story(inputs, context, window, now), window, context.unit.minor_stop_ms)
    segments = _paint(segments, inputs.unknown(window, now), _distrust)
    if context.orders.entries:
        segments = _paint(segments, _without_order(context.orders, window), _idle)
    return _on_calendar(segments, context.calendar.instances(window))


def story(inputs: Inputs, context: Context, window: Interval, now: int) -> list[Piece]:
    """Return the whole pieces around the window; wide enough that every stop touching it is there as a whole.

    Before anything was said it holds one piece of Kind.NONE that begins at 0. Never empty.
    """
    while True:
        runs = runs_around(inputs, window, now, context.unit)
        if not runs or runs[0].start > window.start:
            until = runs[0].start if runs else now
            runs.insert(0, Run(0, until, Kind.NONE, "", None, is_open=not runs))
        reach = Interval(runs[0].start, runs[-1].end)
        claims = inputs.claims(Interval(reach.start - 1, reach.end + 1))
        pieces = attest(runs, claims, context.reasons)
        before = reach.start > 0 and pieces[0].kind is Kind.STOP and _touches(claims, reach.start - 1)
        behind = reach.end < now and pieces[-1].kind is Kind.STOP and _touches(claims, reach.end)
        if not before and not behind:
            return pieces
        window = Interval(reach.start - before, reach.end + behind)


def _touches(claims: list[Claim], t: int) -> bool:
    return any(c.from_ <= t and (c.to is None or t < c.to) for c in claims)


def _judged(pieces: list[Piece], window: Interval, minor_stop_ms: int) -> list[Segment]:
    segments: list[Segment] = []
    total = len(pieces)
    is_minor = False
    for i, piece in enumerate(pieces):
        if piece.kind is Kind.STOP and (i == 0 or pieces[i - 1].kind is not Kind.STOP):
            last = i
            while last + 1 < total and pieces[last + 1].kind is Kind.STOP:
                last += 1
            is_minor = pieces[last].end - piece.start <= minor_stop_ms
        start, end = max(piece.start, window.start), min(piece.end, window.end)
        if end <= start:
            continue
        bucket = _BUCKET_OF[piece.kind]
        if bucket is Bucket.UNPLANNED_STOP and is_minor:
            bucket = Bucket.MINOR_STOP
        segments.append(Segment(start, end, bucket, piece.reason, None, piece))
    return segments


def _paint(
    segments: list[Segment], stretches: Iterable[Interval], change: Callable[[Segment], Segment]
) -> list[Segment]:
    """Return the segments cut at the stretches (disjoint, by start), `change` applied to what lies inside them."""
    todo = list(stretches)
    if not todo:
        return segments
    painted: list[Segment] = []
    at = 0
    for segment in segments:
        start = segment.start
        while at < len(todo) and todo[at].end <= start:
            at += 1
        i = at
        while i < len(todo) and todo[i].start < segment.end:
            lo, hi = max(todo[i].start, start), min(todo[i].end, segment.end)
            if lo > start:
                painted.append(segment._replace(start=start, end=lo))
            painted.append(change(segment._replace(start=lo, end=hi)))
            start = hi
            i += 1
        if start < segment.end:
            painted.append(segment._replace(start=start))
    return painted


def _distrust(segment: Segment) -> Segment:
    return segment if segment.piece.claim else segment._replace(bucket=Bucket.UNKNOWN, reason=None)


def _idle(segment: Segment) -> Segment:
    """A machine that stands without an order and gives no reason of its own was not planned to run."""
    explains_itself = segment.reason is not None and segment.piece.kind is Kind.STOP
    if segment.bucket not in _IDLE_BUCKETS or segment.piece.claim or explains_itself:
        return segment
    return segment._replace(bucket=Bucket.PLANNED_STOP, reason=NO_ORDER)


def _without_order(orders: OrderBook, window: Interval) -> list[Interval]:
    marks = [window.start, *(t for t in orders.cuts(window) if t > window.start), window.end]
    pairs = pairwise(marks)
    return [Interval(a, b) for a, b in pairs if b > a and orders.is_idle(a)]


def _break(segment: Segment) -> Segment:
    claim = segment.piece.claim
    if claim is not None and claim.planned is False:
        return segment
    if segment.bucket is Bucket.PLANNED_STOP and segment.reason not in (None, NO_ORDER):
        return segment
    return segment._replace(bucket=Bucket.PLANNED_STOP, reason=BREAK)


def _on_calendar(segments: list[Segment], instances: list[ShiftInstance]) -> list[Segment]:
    if not segments:
        return segments
    planned = _Plan(segments[0].start, segments[-1].end)
    for instance in instances:
        planned.shift(instance)
    return planned.lay_over(segments)


class _Plan:
    """What the calendar says about [start, end): stretches by time, each with what it does to a segment."""

    def __init__(self, start: int, end: int) -> None:
        self._at, self._end = start, end
        self._stretches: list[tuple[int, Callable[[Segment], Segment]]] = []

    def shift(self, instance: ShiftInstance) -> None:
        """Add a shift; what lies before it is unscheduled."""
        self._until(instance.start, _unscheduled)

        def works(segment: Segment) -> Segment:
            return Segment(segment.start, segment.end, segment.bucket, segment.reason, instance, segment.piece)

        for pause in instance.breaks:
            self._until(pause.start, works)
            self._until(pause.end, lambda segment: _break(works(segment)))
        self._until(instance.end, works)

    def _until(self, t: int, change: Callable[[Segment], Segment]) -> None:
        t = min(t, self._end)
        if t > self._at:
            self._stretches.append((t, change))
            self._at = t

    def lay_over(self, segments: list[Segment]) -> list[Segment]:
        """Return the segments cut where the plan changes, each changed as its stretch says."""
        self._until(self._end, _unscheduled)
        planned: list[Segment] = []
        at = 0
        for segment in segments:
            start = segment.start
            while True:
                until, change = self._stretches[at]
                if until >= segment.end:
                    planned.append(change(segment if start == segment.start else segment._replace(start=start)))
                    at += until == segment.end and at + 1 < len(self._stretches)
                    break
                if until > start:
                    planned.append(change(segment._replace(start=start, end=until)))
                start = until
                at += 1
        return planned


def _unscheduled(segment: Segment) -> Segment:
    return segment._replace(bucket=Bucket.UNSCHEDULED, reason=None, shift=None)
