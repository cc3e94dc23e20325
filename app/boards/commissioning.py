"""Machines in commissioning: what their signals say now, what is still open, and what a source offers for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.boards.catalogue import CatalogueRow
from app.boards.signals import SignalStates
from app.domain.plant.equipment import WorkCenter, WorkUnit
from app.domain.plant.suggest import Suggestion

ENOUGH_SCORE = 0.95
"""The rules of a signal should have held for so much of the last hour."""


@dataclass(frozen=True, slots=True)
class NewMachine:
    """A machine in commissioning. open_points: what is not fine yet, in words; source None: nobody speaks for it."""

    path: str
    name: str
    line_name: str
    source: str | None
    rows: tuple[CatalogueRow, ...]
    open_points: tuple[str, ...]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A machine that was signed off: in totals since then (UTC ms)."""

    path: str
    name: str
    line_name: str
    since: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a source offers for its machines. mapping: as text for the plant file; missing: (machine, what).

    known: how many words and signals are mapped already.
    """

    source: str
    offered: int
    suggestions: tuple[Suggestion, ...]
    missing: tuple[tuple[str, str], ...]
    mapping: str
    known: int = 0


@dataclass(frozen=True, slots=True)
class CommissioningBoard:
    """The page. at: up to when signals speak, UTC ms, None: nothing heard. problem: why a source was not looked at."""

    zone: str
    at: int | None
    machines: tuple[NewMachine, ...]
    signed: tuple[Signed, ...] = ()
    look: Look | None = None
    problem: str | None = None


def standing_of(line: WorkCenter, since: int) -> str | None:
    """Return what must be said of a line's figures since `since` (UTC ms); None: they count whole, all signed off.

    `new`: in commissioning, in no total above it. `unsigned`: the machine that its time or its good units are those of
    is not signed off. `since`: in what lies above it since `counts_from`, which is later than `since`.
    """
    if line.is_commissioning:
        return "new"
    if line.unsigned:
        return "unsigned"
    return "since" if line.counts_from > since else None


def open_points(unit: WorkUnit, told: SignalStates | None) -> list[str]:
    """Return what is not fine yet about a machine's signals, a text each; none: it may be signed off."""
    if told is None:
        return [f"{unit.path}: nothing was heard of its line yet"]
    if not unit.signals:
        return [f"{unit.path}: has no signal whose rules could be looked at"]
    found = {state.signal: state for state in told.signals if state.machine == unit.path}
    points = []
    for signal in unit.signals:
        state = found.get(signal)
        if state is None or state.how != "fine":
            how = "never heard" if state is None else f"{state.how} {state.detail}".strip()
            points.append(f"{unit.path} {signal}: {how}")
        elif state.score is not None and state.score < ENOUGH_SCORE:
            points.append(f"{unit.path} {signal}: its rules held {state.score:.0%} of the last hour")
    return points


def mapping_of(found: Sequence[Suggestion]) -> dict[str, dict[str, object]]:
    """Return suggestions as a plant file's `mapping`."""
    mapping: dict[str, dict[str, object]] = {}
    for one in sorted(found, key=lambda s: (s.machine, s.is_signal, s.what)):
        words = mapping.setdefault(one.machine, {})
        if one.is_signal:
            signals = words.setdefault("signals", {})
            assert isinstance(signals, dict)
            signals[one.what] = one.address
        else:
            words[one.what] = one.address
    return mapping
