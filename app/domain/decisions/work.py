"""A work order: something on a machine is to be repaired or kept in repair; what may become of it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from app.domain.interval import DAY_MS, MINUTE_MS, Interval
from app.domain.plant.reasons import ReasonTree
from app.domain.plant.shifts import ShiftCalendar
from app.domain.suggestion import Evidence, Said

State = Literal["open", "planned", "in_work", "done", "cancelled"]
Kind = Literal["corrective", "preventive"]
STATES: tuple[State, ...] = ("open", "planned", "in_work", "done", "cancelled")
KINDS: tuple[Kind, ...] = ("corrective", "preventive")
PRIORITIES = (1, 2, 3)
LONGEST_TITLE, LONGEST_TEXT = 120, 1_000
LONGEST_WORK_MIN = 7 * 24 * 60
USUAL_MIN = 30
LOOK_AHEAD_MS = 14 * DAY_MS
MOVES: dict[State, tuple[State, ...]] = {
    "open": ("planned", "in_work", "done", "cancelled"),
    "planned": ("open", "in_work", "done", "cancelled"),
    "in_work": ("planned", "done", "cancelled"),
    "done": (),
    "cancelled": (),
}


class Proof(msgspec.Struct, frozen=True):
    """What a suggestion said of itself when the order was made, so that everybody reads it in their language."""

    title: Said | None = None
    why: Said | None = None
    evidence: Evidence | None = None


NO_PROOF = Proof()


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """An order to work on a machine. number 0: not kept yet. Times UTC ms.

    priority: 1 (first) to 3; title, why: words of whoever made it, or English ones of the suggestion whose `proof` is
    kept; slot: when it is to be done; code: leaf of the reason tree, what it was; minutes: of work, once done (before:
    planned); suggestion: key it was made from; stop: episode id it repairs; external_id, external_status: as a
    maintenance system outside knows it; version: rises with every change; change_over: the production order for which
    the line is set up while it is done, which began at change_over_from when that was said: it moves with it.
    """

    number: int
    machine: str
    title: str
    why: str
    priority: int
    kind: Kind
    state: State
    made_by: str
    made_at: int
    changed_at: int
    minutes: int = USUAL_MIN
    slot_from: int | None = None
    slot_to: int | None = None
    started_at: int | None = None
    done_at: int | None = None
    code: str | None = None
    note: str | None = None
    suggestion: str | None = None
    stop: str | None = None
    external_id: str | None = None
    external_status: str | None = None
    proof: Proof = NO_PROOF
    version: int = 1
    change_over: str | None = None
    change_over_from: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an order: who did what, when (UTC ms), with the particulars in words."""

    number: int
    version: int
    at: int
    by: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """Work that is due every so much run time or every so many cycles. id 0: not kept yet.

    every_run_h, every_cycles: one of them; last_at: when it was last done, UTC ms; minutes: of work.
    """

    id: int
    machine: str
    task: str
    minutes: int
    last_at: int
    every_run_h: float | None = None
    every_cycles: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """How far a plan is. used: share of its interval; at: when it is due as the machine runs of late, UTC ms.

    at None: the machine does not run, so nothing can be foretold.
    """

    plan: WorkPlan
    used: float
    at: int | None


@dataclass(frozen=True, slots=True)
class OrderWanted:
    """An order somebody makes by hand. machine: path or unique tail; minutes: how long it should take.

    stop: episode id it repairs, None: it names none.
    """

    machine: str
    title: str
    why: str = ""
    priority: int = 2
    kind: str = "corrective"
    minutes: int = USUAL_MIN
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class PlanWanted:
    """Work due every so many run hours or cycles: one of the two."""

    machine: str
    task: str
    minutes: int
    every_run_h: float | None = None
    every_cycles: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How an order ended. code: leaf of the reason tree that is a failure; minutes: of work."""

    code: str
    minutes: int
    note: str = ""


def failure_codes(reasons: ReasonTree) -> dict[str, str]:
    """Return id -> name of what an order may be closed with: failures, or, where none is declared, unplanned leaves."""
    leaves = [reason for reason in reasons.leaves() if not reason.planned and not reason.setup]
    return {reason.id: reason.name for reason in [r for r in leaves if r.failure] or leaves}


def due(plan: WorkPlan, done: float, per_day: float, now: int) -> Due:
    """Return when a plan is due. done, per_day: run hours or cycles since it was last done, and per day of late."""
    every = plan.every_run_h if plan.every_run_h is not None else plan.every_cycles
    assert every
    left = every - done
    if left <= 0:
        return Due(plan, done / every, now)
    return Due(plan, done / every, now + int(left / per_day * DAY_MS) if per_day > 0 else None)


def next_slot(
    calendar: ShiftCalendar, now: int, minutes: int, taken: Sequence[Interval] = (), planned: Sequence[Interval] = ()
) -> Interval | None:
    """Return when the work costs no planned time: the first break, gap between shifts or planned stop it fits into.

    planned: further stretches in which the line stands anyway, change-overs; what touches is one. taken: slots of other
    orders on the machine. None: nothing within 14 days is long enough (a line that always works without breaks).
    """
    window, needed = Interval(now, now + LOOK_AHEAD_MS), minutes * MINUTE_MS
    for free in _joined([part.clip(window) for part in (*_standing(calendar, window), *planned)]):
        for part in _without(free, taken):
            if part.length >= needed:
                return Interval(part.start, part.start + needed)
    return None


def worked_in(slot: Interval, calendar: ShiftCalendar, planned: Sequence[Interval]) -> int:
    """Return how much planned production time (ms) work in `slot` takes: neither breaks nor `planned` stops."""
    standing = _joined([part.clip(slot) for part in (*_standing(calendar, slot), *planned)])
    return slot.length - sum(part.length for part in standing)


def _joined(parts: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for part in sorted(part for part in parts if part.length > 0):
        if found and part.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, part.end))
        else:
            found.append(part)
    return found


def _standing(calendar: ShiftCalendar, window: Interval) -> list[Interval]:
    shifts = calendar.instances(window)
    edges = [window.start, *(edge for shift in shifts for edge in (shift.start, shift.end)), window.end]
    gaps = [Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [part for part in [*gaps, *(pause for shift in shifts for pause in shift.breaks)] if part.length]


def _without(free: Interval, taken: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    start = free.start
    for other in sorted(taken):
        if other.end > start and other.start < free.end:
            found.append(Interval(start, other.start))
            start = other.end
    return [*found, Interval(start, free.end)]
