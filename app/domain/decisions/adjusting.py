"""Adjusting a machine: what an engineer's protocol allows, what an adjustment has been through, what may come next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.domain.suggestion import Plain, Said

What = Literal[
    "asked", "confirmed", "dropped", "gone_back", "write_asked", "writing", "written", "write_failed", "back_asked",
    "back_writing", "back_failed",
]  # fmt: skip
State = Literal["open", "write_asked", "writing", "done", "dropped", "gone_back", "back_asked", "back_writing"]
_AFTER: Mapping[What, State] = {
    "asked": "open",
    "write_asked": "write_asked",
    "writing": "writing",
    "write_failed": "open",
    "confirmed": "done",
    "written": "done",
    "dropped": "dropped",
    "gone_back": "gone_back",
    "back_asked": "back_asked",
    "back_writing": "back_writing",
    "back_failed": "done",
}
_FROM: Mapping[What, tuple[State, ...]] = {
    # After a kill in the middle of writing, somebody looks at the machine and says what it stands at, or drops it.
    "confirmed": ("open", "write_asked", "writing"),
    "dropped": ("open", "write_asked", "writing"),
    "write_asked": ("open",),
    "writing": ("write_asked",),
    "written": ("writing",),
    "write_failed": ("writing",),
    "back_asked": ("done",),
    "back_writing": ("back_asked",),
    "back_failed": ("back_writing",),
    "gone_back": ("done", "back_asked", "back_writing"),
}
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class AdjustmentProtocol:
    """How one parameter of a machine is adjusted, as an engineer wrote it; a change is a new version.

    machine: path; signal: id. low, high, max_step: in the signal's unit, what may be set and how far at once.
    steps, back: words for whoever does it, and for undoing it. permission: value of app.domain.roles.Permission.
    source, address: where a set-point can be written; None: by hand only. by, at: who wrote this version, UTC ms.
    """

    id: str
    version: int
    machine: str
    signal: str
    unit: str
    low: float
    high: float
    max_step: float
    steps: str
    back: str
    permission: str
    by: str
    at: int
    source: str | None = None
    address: str | None = None


class Happened(NamedTuple):
    """A step of an adjustment. n: from 0 on; at: UTC ms; value: what was set, in the signal's unit.

    before: what the machine held until it was written, None: nothing was.
    """

    n: int
    at: int
    by: str
    what: What
    value: float | None = None
    note: str | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One adjustment with everything that happened to it, by time.

    suggestion: key of what led to it. judged: the machine whose share of rejects it should lower. from_value,
    to_value: in the signal's unit.
    """

    id: str
    suggestion: str
    protocol: str
    version: int
    machine: str
    signal: str
    unit: str
    judged: str
    from_value: float
    to_value: float
    steps: tuple[Happened, ...] = ()

    @property
    def state(self) -> State:
        """How it stands."""
        return _AFTER[self.steps[-1].what]

    @property
    def done(self) -> Happened | None:
        """When and at which value it was set, None before."""
        return next((s for s in reversed(self.steps) if s.what in ("confirmed", "written")), None)

    @property
    def write_asked_by(self) -> str | None:
        """Who asked for the set-point, or for the old value, to be written; None when nobody does."""
        asked = next((s for s in reversed(self.steps) if s.what in ("write_asked", "back_asked")), None)
        is_asked = self.state in ("write_asked", "writing", "back_asked", "back_writing")
        return asked.by if asked is not None and is_asked else None

    @property
    def old_value(self) -> float | None:
        """What the machine held before the set-point was written to it; None: it was set by hand, or not yet."""
        return None if self.done is None else self.done.before


def may_follow(adjustment: Adjustment, what: What) -> bool:
    """Return whether this may happen to an adjustment as it stands; only what was written can be written back."""
    if what == "back_asked" and adjustment.old_value is None:
        return False
    return adjustment.state in _FROM.get(what, ())


def proposed(protocol: AdjustmentProtocol, now_value: float, usual: float) -> float | None:
    """Return where to set a parameter: towards what was usual, inside the limits, one step at most.

    None when nothing is to be done, or when no allowed value is within a step. Unit: the signal's.
    """
    wanted = min(max(usual, protocol.low), protocol.high)
    step = min(max(wanted - now_value, -protocol.max_step), protocol.max_step)
    to = now_value + step
    if abs(step) < _NOTHING or not protocol.low - _NOTHING <= to <= protocol.high + _NOTHING:
        return None
    return to


def refusal(protocol: AdjustmentProtocol, current: float | None, to: float) -> Said | None:
    """Return why a parameter may not be set to `to`, None when it may. current: what it stands at, None unknown."""
    limits: dict[str, Plain] = {"low": protocol.low, "high": protocol.high, "unit": protocol.unit, "to": to}
    # Written so that a value that is no number (NaN) is refused too.
    if not protocol.low <= to <= protocol.high:
        return Said("quality.refused.limits", limits)
    if current is not None and not abs(to - current) <= protocol.max_step + _NOTHING:
        step: dict[str, Plain] = {"step": protocol.max_step, "unit": protocol.unit, "current": current, "to": to}
        return Said("quality.refused.step", step)
    return None
