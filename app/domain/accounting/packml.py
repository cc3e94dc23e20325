"""What a machine's state word means for accounting: PackML (ISA-TR88.00.02) or one of our short names -> Kind."""

from enum import IntEnum
from typing import NamedTuple

from app.domain.plant.equipment import WorkUnit
from app.domain.plant.reasons import ReasonTree


class Kind(IntEnum):
    """What a machine does, before calendar, orders, thresholds and trust decide the bucket."""

    NONE = 0
    RUN = 1
    STOP = 2
    SETUP = 3
    STARVED = 4
    BLOCKED = 5
    PLANNED = 6


WORDS: dict[str, Kind] = {
    "run": Kind.RUN,
    "stop": Kind.STOP,
    "setup": Kind.SETUP,
    "starved": Kind.STARVED,
    "blocked": Kind.BLOCKED,
    "planned": Kind.PLANNED,
    # PackML state model: Execute is the only producing state; Held = cause inside the machine, Suspended = outside.
    "execute": Kind.RUN,
    "idle": Kind.STOP,
    "starting": Kind.STOP,
    "resetting": Kind.STOP,
    "completing": Kind.STOP,
    "complete": Kind.STOP,
    "completed": Kind.STOP,
    "holding": Kind.STOP,
    "held": Kind.STOP,
    "unholding": Kind.STOP,
    "suspending": Kind.STARVED,
    "suspended": Kind.STARVED,
    "unsuspending": Kind.STARVED,
    "aborting": Kind.STOP,
    "aborted": Kind.STOP,
    "clearing": Kind.STOP,
    "stopping": Kind.STOP,
    "stopped": Kind.STOP,
}


class Said(NamedTuple):
    """One meaning of a statement: interned per machine, so that a statement costs a few bytes."""

    kind: Kind
    word: str
    reason: str | None


def interpret(machine: WorkUnit, reasons: ReasonTree, state: str, reason: str | None) -> Said:
    """Return what `state` means on this machine; Kind.NONE when neither the machine's map nor PackML knows it.

    The machine's own map is asked first. Running needs no reason. A stop whose reason is planned or set-up is that;
    Suspended with the reason `blocked` is blocked, otherwise starved.
    Source: ISA-TR88.00.02 state model; DOMAIN section 1.
    """
    mapped = machine.states.get(state)
    word = mapped.state if mapped is not None else state
    said_reason = reason if reason is not None else (mapped.reason if mapped is not None else None)
    kind = WORDS.get(word.lower(), Kind.NONE)
    if kind is Kind.STARVED and said_reason == "blocked":
        kind = Kind.BLOCKED
    if kind is Kind.RUN:
        said_reason = None
    elif kind is Kind.STOP:
        kind = kind_of_reason(reasons, said_reason)
    return Said(kind, word, said_reason)


def kind_of_reason(reasons: ReasonTree, reason: str | None) -> Kind:
    """Return what a stop with this reason is: PLANNED, SETUP, or STOP (also for a reason the tree does not know)."""
    known = reasons.get(reason)
    if known is None:
        return Kind.STOP
    if known.planned:
        return Kind.PLANNED
    return Kind.SETUP if known.setup else Kind.STOP
