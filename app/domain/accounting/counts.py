"""Where units go: a count is spread over the time it covers, in integers that always add up (DOMAIN 2 and 5)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple, Protocol

from app.domain.accounting.buckets import NS_PER_MS, Bucket
from app.domain.accounting.day import FIRST, Made
from app.domain.accounting.timeline import Context, Segment
from app.domain.interval import MINUTE_MS, Interval

Stretch = tuple[int, int]
SLOT_MS = 5 * MINUTE_MS
"""Counts inside one slot may be kept as one, so what is asked of several of them is asked of the slot's together."""


class Stretches(NamedTuple):
    """When the machine ran, and when nothing trusted is known of its planned time; both by start."""

    running: Sequence[Stretch]
    unknown: Sequence[Stretch]


def stretches(segments: Sequence[Segment]) -> Stretches:
    """Return the stretches of a timeline."""
    found = {Bucket.RUNNING: list[Stretch](), Bucket.UNKNOWN: list[Stretch]()}
    for s in segments:
        if s.bucket in found:
            found[s.bucket].append((s.start, s.end))
    return Stretches(found[Bucket.RUNNING], found[Bucket.UNKNOWN])


class Told(Protocol):
    """What placing counts needs to know of the machine's time."""

    def around(self, start: int, end: int) -> Stretches:
        """Return stretches that cover at least [start, end)."""

    def cycle_ns(self, t: int) -> int | None:
        """Return the ideal time of one unit in force at `t`, ns; None without a rate."""


class Part(NamedTuple):
    """Units for the frame at index `at`; dated: instant the whole count is dated.

    known: what of `made` was made in known time.
    """

    at: int
    made: Made
    dated: int
    known: Made


def spread(made: Made, cuts: Sequence[int], over: Sequence[Stretch]) -> list[Made]:
    """Return `made` cut at `cuts` (rising), units in proportion to the time of `over` in (t0, t1].

    over: stretches, disjoint, complete for [t0, t1). Units are split by rounding the running total down, so that parts
    of any two cuttings add up to the same whole. Without any time to spread over: everything at t1.
    """
    inside = [c for c in cuts if made.t0 < c < made.t1]
    total = _overlap(over, made.t0, made.t1)
    if total == 0:
        return [made._replace(t0=made.t1)]
    if not inside:
        return [made._replace(t1=made.t1 - 1)] if made.t1 > made.t0 + 1 else [made._replace(t1=made.t0)]
    parts: list[Made] = []
    done, taken = 0, (0, 0, 0)
    for start, end in pairwise([made.t0, *inside, made.t1]):
        done += _overlap(over, start, end)
        upto = (made.good * done // total, made.reject * done // total, made.rework * done // total)
        good, reject, rework = (u - t for u, t in zip(upto, taken, strict=True))
        taken = upto
        if good or reject or rework:
            parts.append(Made(start, end - 1, good, reject, rework))
    return parts


def _overlap(over: Sequence[Stretch], start: int, end: int) -> int:
    return sum(max(0, min(e, end) - max(s, start)) for s, e in over)


def known_units(produced: int, running_ms: int, unknown_ms: int, cycle_ns: int | None) -> int:
    """Return how many units of a count that covers unknown time were made in known time.

    Known time is given what it can have made at the ideal rate, and the unit that was in work when it began; where
    the whole stretch was faster than that, its share at the rate the stretch showed: nothing is capped.
    Formula: min(produced, max(running / cycle + 1, produced x running / (running + unknown))); all without a rate.
    Unit: units. Source: DOMAIN section 2 (unknown is left out on both sides); ours.
    """
    if not cycle_ns:
        return produced
    shown = produced * running_ms // (running_ms + unknown_ms)
    return min(produced, max(running_ms * NS_PER_MS // cycle_ns + 1, shown))


def slots(window: Interval) -> Interval:
    """Return the whole slots that hold the window."""
    return Interval(window.start - window.start % SLOT_MS, -(-window.end // SLOT_MS) * SLOT_MS)


def is_cut(context: Context, start: int, end: int) -> bool:
    """Return whether the order or the shift changes in [start, end): then its counts are kept apart."""
    if context.orders.entries and context.orders.cuts(Interval(start - 1, end + 1)):
        return True
    first, last = context.calendar.at(start), context.calendar.at(end - 1)
    return first is not last and (first and first.key) != (last and last.key)


def together(counts: Sequence[Made], unknown: Sequence[Stretch], is_cut: Callable[[int, int], bool]) -> Iterator[Made]:
    """Yield the counts; those inside one slot without a cut as one where unknown time lies between them.

    counts: complete for every slot they lie in, so that kept apart or kept as one they are told alike.
    is_cut: of a stretch [start, end), see `is_cut`.
    """
    for slot, found in groupby(counts, key=_slot):
        held = list(found)
        is_alone = slot is None or len(held) == 1 or not _overlap(unknown, held[0].t0, held[-1].t1)
        if slot is None or is_alone or is_cut(slot * SLOT_MS, (slot + 1) * SLOT_MS):
            yield from held
            continue
        good, reject, rework = (sum(amounts) for amounts in zip(*(m[2:] for m in held), strict=True))
        yield Made(held[0].t0, held[-1].t1, good, reject, rework)


def _slot(made: Made) -> int | None:
    """The slot a count begins and ends in; None for one that does not, or that is an instant."""
    at = made.t0 // SLOT_MS
    return at if made.t0 < made.t1 and at == made.t1 // SLOT_MS else None


def place(counts: Sequence[Made], cuts: Sequence[int], told: Told) -> list[Part]:
    """Return the parts of the counts; frame i is [cuts[i], cuts[i+1]). Parts outside the cuts are left out.

    Most counts are good units inside one frame, away from unknown time: one part a frame, whatever their number.
    """
    found: list[Part] = []
    plain = [0] * len(cuts)
    at, start, end = 0, cuts[0], cuts[1]
    unknown = told.around(cuts[0], cuts[-1]).unknown
    ends = [stretch[1] for stretch in unknown]
    for made in counts:
        t0, t1, good, reject, rework = made
        if t0 < start or t1 >= end:
            to = bisect_right(cuts, t0)
            if not 0 < to < len(cuts) or t1 >= cuts[to]:
                found += _parts(made, cuts, told)
                continue
            at, start, end = to - 1, cuts[to - 1], cuts[to]
        if ends and (near := bisect_left(ends, t0)) < len(ends) and unknown[near][0] <= t1:
            found += _parts(made, cuts, told)
        elif reject or rework:
            found.append(Part(at, made, _dated(made), made))
        else:
            plain[at] += good
    whole = [Made(cuts[i], cuts[i], n, 0, 0) for i, n in enumerate(plain)]
    return found + [Part(i, made, made.t0, made) for i, made in enumerate(whole) if made.good]


def _parts(made: Made, cuts: Sequence[int], told: Told) -> Iterator[Part]:
    """Yield the parts in time order; of all units up to any instant the same share is known, rounded down."""
    if made.t0 == FIRST:
        made = _first(made, told)
    parts = [made] if made.t0 == made.t1 else spread(made, cuts, told.around(made.t0, made.t1).running)
    known, of = _known(made, told)
    so_far, taken = (0, 0, 0), (0, 0, 0)
    for part in parts:
        so_far = (so_far[0] + part.good, so_far[1] + part.reject, so_far[2] + part.rework)
        upto = (so_far[0] * known // of, so_far[1] * known // of, so_far[2] * known // of)
        good, reject, rework = (u - t for u, t in zip(upto, taken, strict=True))
        taken = upto
        if cuts[0] <= part.t1 < cuts[-1]:
            sure = Made(part.t0, part.t1, good, reject, rework)
            yield Part(bisect_right(cuts, part.t1) - 1, part, _dated(made), sure)


def _first(made: Made, told: Told) -> Made:
    """Date the first count of a machine: the last ms before its t where the machine ran then, else its t."""
    before = made.t1 - 1
    at = before if _overlap(told.around(before, made.t1).running, before, made.t1) else made.t1
    return made._replace(t0=at, t1=at)


def _known(made: Made, told: Told) -> tuple[int, int]:
    """The share of a count that was made in known time, as a fraction: all or nothing of an instant."""
    if made.t0 == made.t1:
        before, after = made.t1 - 1, made.t1 + 1
        is_unknown = _overlap(told.around(before, after).unknown, before, after) == after - before
        return (0, 1) if is_unknown else (1, 1)
    around = told.around(made.t0, made.t1)
    hidden, produced = _overlap(around.unknown, made.t0, made.t1), made.good + made.reject + made.rework
    if not hidden or produced <= 0:
        return 1, 1
    running = _overlap(around.running, made.t0, made.t1)
    return known_units(produced, running, hidden, told.cycle_ns(_dated(made))), produced


def _dated(made: Made) -> int:
    return made.t1 if made.t0 == made.t1 else made.t1 - 1
