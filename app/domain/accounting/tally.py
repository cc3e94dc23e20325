"""Components of one machine in a window: time from its timeline, units from its counts, ideal time from the rates."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from app.domain.accounting.buckets import Bucket, Cell, CellKey, Components
from app.domain.accounting.counts import Stretches, is_cut, place, slots, stretches, together
from app.domain.accounting.doubt import contradicted, doubtful
from app.domain.accounting.history import History
from app.domain.accounting.timeline import Context, Segment, timeline
from app.domain.interval import HOUR_MS, Interval, floor_hour
from app.domain.plant.products import RateBook
from app.domain.plant.shifts import ShiftInstance

SetupTargets = Mapping[tuple[str | None, str | None], int]


@dataclass(slots=True)
class Frame:
    """Figures of one machine in a stretch with one hour, shift, order and set of rates. Times ms, counts units.

    unknown_good, unknown_bad: what of good, and of reject and rework, was made in unknown time.
    """

    start: int
    end: int
    shift: str | None
    product: str | None
    order: str | None
    buckets: list[int]
    good: int = 0
    reject: int = 0
    rework: int = 0
    startup_reject: int = 0
    failures: int = 0
    repair_ms: int = 0
    setup_standard_ms: int = 0
    doubtful_ms: int = 0
    unknown_good: int = 0
    unknown_bad: int = 0

    def components(self, machine: str, rates: RateBook) -> Components:
        """Return the components with ideal time at `machine`'s rate for the frame's product (0 without a rate)."""
        rate = rates.rate(machine, self.product, self.start)
        cycle = rate.cycle_ns if rate is not None else 0
        unknown = self.unknown_good + self.unknown_bad
        return Components(
            tuple(self.buckets),
            self.good,
            self.reject,
            self.rework,
            cycle * (self.good + self.reject + self.rework - unknown),
            cycle * (self.good - self.unknown_good),
            self.startup_reject,
            cycle * self.startup_reject,
            self.failures,
            self.repair_ms,
            self.setup_standard_ms,
            self.doubtful_ms,
            unknown,
        )

    def key(self, equipment: str) -> CellKey:
        """Return the key of the cell this frame belongs to."""
        return CellKey(equipment, floor_hour(self.start), self.shift, self.product, self.order)


def frames(
    history: History,
    context: Context,
    window: Interval,
    now: int,
    setup_targets: SetupTargets,
    rates: RateBook,
    rate_cuts: Iterable[int] = (),
) -> list[Frame]:
    """Return the frames of `window` up to `now`, by start; they cover it exactly.

    rates: of the plant; rate_cuts: when any of them changes.
    """
    window = Interval(window.start, min(window.end, now))
    if window.end <= window.start:
        return []
    reading = _Reading(history, context, window, now, rates)
    segments = _clip(reading.wide, window)
    cuts = _cuts(segments, context, window, rate_cuts)
    found = _empty_frames(cuts, segments, context)
    for segment in segments:
        _add_time(found, cuts[:-1], segment, context, setup_targets)
    made = history.made(window)
    doubts = contradicted(made, segments, context.unit.grace_ms) + context.lapses(window, now)
    for start, end in doubtful(segments, doubts):
        _add_doubt(found, cuts, start, end)
    if unknown := reading.own.unknown:
        made = list(together(history.made(slots(window)), unknown, partial(is_cut, context)))
    for at, part, dated, known in place(made, cuts, reading):
        frame = found[at]
        frame.good += part.good
        frame.reject += part.reject
        frame.rework += part.rework
        frame.unknown_good += part.good - known.good
        frame.unknown_bad += part.reject + part.rework - known.reject - known.rework
        if known.reject and reading.is_warm_up(dated):
            frame.startup_reject += known.reject
    return found


class _Reading:
    """The timeline of a window, of its slots and the warm-up before it; the rest is read when a count asks for it."""

    def __init__(self, history: History, context: Context, window: Interval, now: int, rates: RateBook) -> None:
        self._history, self._context, self._window, self._now = history, context, window, now
        self._rates = rates
        self._warm = context.unit.warm_up_ms
        start, end = slots(window)
        self._reach = Interval(start - max(self._warm, 1), min(end, now))
        self.wide = timeline(history, context, self._reach, now)
        self.own = stretches(self.wide)
        self._warm_ups = _warm_ups(self.wide, self._warm)

    def around(self, start: int, end: int) -> Stretches:
        """See `counts.Told`."""
        if self._reach.start <= start and end <= self._reach.end:
            return self.own
        return stretches(self._read(start, end))

    def cycle_ns(self, t: int) -> int | None:
        """See `counts.Told`."""
        order = self._context.orders.at(t)
        rate = self._rates.rate(self._context.unit.path, order.product if order else None, t)
        return None if rate is None else rate.cycle_ns

    def is_warm_up(self, t: int) -> bool:
        """Return whether `t` lies in the warm-up after a change-over or a start."""
        warm_ups = self._warm_ups
        if not self._window.start <= t < self._window.end:
            warm_ups = _warm_ups(self._read(t - self._warm, t + 1), self._warm)
        return any(start <= t < end for start, end in warm_ups)

    def _read(self, start: int, end: int) -> list[Segment]:
        return timeline(self._history, self._context, Interval(start, end), max(self._now, end))


def _clip(segments: list[Segment], window: Interval) -> list[Segment]:
    kept = [s for s in segments if s.end > window.start and s.start < window.end]
    kept[0] = kept[0]._replace(start=max(kept[0].start, window.start))
    kept[-1] = kept[-1]._replace(end=min(kept[-1].end, window.end))
    return kept


def _cuts(segments: list[Segment], context: Context, window: Interval, rate_cuts: Iterable[int]) -> list[int]:
    cuts = {window.start, window.end, *context.orders.cuts(window)}
    cuts.update(range(floor_hour(window.start) + HOUR_MS, window.end, HOUR_MS))
    cuts.update(t for t in rate_cuts if window.start < t < window.end)
    for before, after in pairwise(segments):
        if before.shift is not after.shift and _key(before.shift) != _key(after.shift):
            cuts.add(after.start)
    return sorted(cuts)


def _key(shift: ShiftInstance | None) -> str | None:
    return None if shift is None else shift.key


def _empty_frames(cuts: list[int], segments: list[Segment], context: Context) -> list[Frame]:
    found: list[Frame] = []
    at = 0
    for start, end in pairwise(cuts):
        while segments[at].end <= start:
            at += 1
        order = context.orders.at(start)
        product = order.product if order else None
        found.append(Frame(start, end, _key(segments[at].shift), product, order.order if order else None, [0] * 9))
    return found


def _add_time(
    found: list[Frame], starts: list[int], segment: Segment, context: Context, setup_targets: SetupTargets
) -> None:
    at = bisect_right(starts, segment.start) - 1
    standard_end = 0
    if segment.bucket is Bucket.SETUP:
        standard_end = segment.piece.start + _setup_target(segment, context, setup_targets)
    is_failure = segment.bucket is Bucket.UNPLANNED_STOP and _is_failure(segment, context)
    if is_failure and segment.start == segment.piece.start:
        found[at].failures += 1
    while at < len(found) and found[at].start < segment.end:
        frame = found[at]
        start, end = max(frame.start, segment.start), min(frame.end, segment.end)
        frame.buckets[segment.bucket] += end - start
        if is_failure:
            frame.repair_ms += end - start
        frame.setup_standard_ms += max(0, min(end, standard_end) - start)
        at += 1


def _add_doubt(found: list[Frame], cuts: Sequence[int], start: int, end: int) -> None:
    at = bisect_right(cuts, start) - 1
    while at < len(found) and found[at].start < end:
        found[at].doubtful_ms += min(found[at].end, end) - max(found[at].start, start)
        at += 1


def _is_failure(segment: Segment, context: Context) -> bool:
    reason = context.reasons.get(segment.reason)
    return reason is not None and reason.failure


def _setup_target(segment: Segment, context: Context, targets: SetupTargets) -> int:
    if not targets:
        return 0
    before = context.orders.at(segment.piece.start - 1)
    after = None if segment.piece.is_open else context.orders.at(segment.piece.end)
    came, goes = (order.product if order else None for order in (before, after))
    for key in ((came, goes), (None, goes), (came, None), (None, None)):
        if key in targets:
            return targets[key]
    return 0


def _warm_ups(segments: list[Segment], warm_up_ms: int) -> list[tuple[int, int]]:
    """Stretches within the warm-up after a change-over or after a time without a shift."""
    marks = (Bucket.SETUP, Bucket.UNSCHEDULED)
    return [
        (after.start, after.start + warm_up_ms)
        for before, after in pairwise(segments)
        if before.bucket in marks and after.bucket not in marks
    ]


def merge(frame_cells: Iterable[tuple[CellKey, Components]]) -> list[Cell]:
    """Return one cell per key, components added, in the order keys first appear."""
    merged: dict[CellKey, Components] = {}
    for key, components in frame_cells:
        held = merged.get(key)
        merged[key] = components if held is None else held + components
    return [Cell(key, components) for key, components in merged.items()]
