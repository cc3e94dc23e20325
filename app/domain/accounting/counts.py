"""Where units go: a count is spread over the running time it covers, in integers that always add up (DOMAIN 5)."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.day import Made
from app.domain.accounting.timeline import Segment


def running_stretches(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Return the stretches in which the machine ran, by start."""
    return [(s.start, s.end) for s in segments if s.bucket is Bucket.RUNNING]


def spread(made: Made, cuts: Sequence[int], running: Sequence[tuple[int, int]]) -> list[Made]:
    """Return `made` cut at `cuts` (rising), units in proportion to the running time in (t0, t1].

    running: stretches of running time that cover at least [t0, t1). Units are split by rounding the running total
    down, so that parts of any two cuttings add up to the same whole. Without running time: everything at t1.
    """
    inside = [c for c in cuts if made.t0 < c < made.t1]
    total = _overlap(running, made.t0, made.t1)
    if total == 0:
        return [made._replace(t0=made.t1)]
    if not inside:
        return [made._replace(t1=made.t1 - 1)] if made.t1 > made.t0 + 1 else [made._replace(t1=made.t0)]
    parts: list[Made] = []
    done, taken = 0, (0, 0, 0)
    for start, end in pairwise([made.t0, *inside, made.t1]):
        done += _overlap(running, start, end)
        upto = (made.good * done // total, made.reject * done // total, made.rework * done // total)
        good, reject, rework = (u - t for u, t in zip(upto, taken, strict=True))
        taken = upto
        if good or reject or rework:
            parts.append(Made(start, end - 1, good, reject, rework))
    return parts


def _overlap(stretches: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return sum(max(0, min(e, end) - max(s, start)) for s, e in stretches)


def place(
    counts: Sequence[Made], cuts: Sequence[int], running: Callable[[int, int], Sequence[tuple[int, int]]]
) -> list[tuple[int, Made, int]]:
    """Return (index of the frame, part, instant the whole count is dated) per part; frame i is [cuts[i], cuts[i+1]).

    running(start, end): running stretches covering [start, end). Parts outside the cuts are left out.
    """
    placed: list[tuple[int, Made, int]] = []
    first, last = cuts[0], cuts[-1]
    for made in counts:
        at = bisect_right(cuts, made.t0) - 1
        dated = made.t1 if made.t0 == made.t1 else made.t1 - 1
        if made.t0 >= first and made.t1 < last and made.t1 < cuts[at + 1]:
            placed.append((at, made, dated))
            continue
        parts = [made] if made.t0 == made.t1 else spread(made, cuts, running(made.t0, made.t1))
        inside = (part for part in parts if first <= part.t1 < last)
        placed.extend((bisect_right(cuts, part.t1) - 1, part, dated) for part in inside)
    return placed
