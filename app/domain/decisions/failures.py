"""Which stops of a machine were failures: what Weibull lives, MTTR and the chance of failing are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.decisions.work import WorkOrder
from app.domain.interval import HOUR_MS
from app.domain.plant.reasons import ReasonTree

RESTS = (Bucket.PLANNED_STOP, Bucket.UNSCHEDULED)
"""Between two parts of one failure: nobody repairs in a break, and the machine does not run either."""
READ = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP, *RESTS)
SAME_MS = 8 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Failure:
    """at: when it began, UTC ms. repair_ms: how long the machine stood; None: it still does, or only an order tells."""

    at: int
    reason: str
    repair_ms: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """failures: by time. minor: minor stops with a failure reason; unclassified: longer ones nobody gave a reason."""

    failures: tuple[Failure, ...]
    minor: int
    unclassified: int

    @property
    def repairs(self) -> list[int]:
        """How long each failure stood that is over, ms."""
        return [failure.repair_ms for failure in self.failures if failure.repair_ms is not None]


def counted(stops: Sequence[Episode], orders: Sequence[WorkOrder], reasons: ReasonTree) -> Counted:
    """Return the failures among a machine's stops.

    stops: its episodes of the kinds in `READ`, by start. orders: its own, of any state.
    A failure is an unplanned stop with a failure reason; a minor stop is none, whatever its reason. Parts that only a
    break or time without a shift divides are one. A closed corrective order makes the stop it names a failure with the
    order's code; one that names none is the failure with its code that began up to eight hours before it was made, or
    a failure of its own.
    Source: ISO 22400-2 MTBF and MTTR (failure event); DOMAIN sections 1 and 2; joining and orders are ours.
    """
    named = [o for o in orders if o.state == "done" and o.kind == "corrective" and _is_failure(o.code, reasons)]
    by_stop = {order.stop: order.code for order in named if order.stop is not None and order.code is not None}
    said = [replace(stop, reason=by_stop.get(stop.id, stop.reason)) for stop in stops]
    found = _joined(said, set(by_stop), reasons)
    found += _of_orders(found, named)
    long = [stop for stop in said if stop.bucket is Bucket.UNPLANNED_STOP]
    return Counted(
        tuple(sorted(found, key=lambda failure: failure.at)),
        sum(_is_failure(s.reason, reasons) for s in said if s.bucket is Bucket.MINOR_STOP and s.id not in by_stop),
        sum(reasons.get(stop.reason) is None for stop in long),
    )


def _is_failure(reason: str | None, reasons: ReasonTree) -> bool:
    known = reasons.get(reason)
    return known is not None and known.failure


def _joined(stops: Sequence[Episode], repaired: set[str | None], reasons: ReasonTree) -> list[Failure]:
    found: list[Failure] = []
    until: int | None = None
    for stop in stops:
        if stop.bucket in RESTS:
            until = stop.end if stop.start == until else None
            continue
        if not _is_failure(stop.reason, reasons) or (stop.bucket is Bucket.MINOR_STOP and stop.id not in repaired):
            until = None
            continue
        assert stop.reason is not None
        length = None if stop.end is None else stop.end - stop.start
        if found and stop.start == until and found[-1].reason == stop.reason:
            before = found[-1].repair_ms
            found[-1] = replace(found[-1], repair_ms=None if length is None or before is None else before + length)
        else:
            found.append(Failure(stop.start, stop.reason, length))
        until = stop.end
    return found


def _of_orders(stops: Sequence[Failure], orders: Sequence[WorkOrder]) -> list[Failure]:
    """Return the failures that only orders tell of. The stop of an order may be older than what is looked at."""
    free, found = list(stops), []
    for order in sorted((o for o in orders if o.stop is None), key=lambda o: o.made_at):
        assert order.code is not None
        window = range(order.made_at - SAME_MS, (order.done_at or order.changed_at) + 1)
        same = next((f for f in reversed(free) if f.reason == order.code and f.at in window), None)
        if same is None:
            found.append(Failure(order.made_at, order.code, None))
        else:
            free.remove(same)
    return found
