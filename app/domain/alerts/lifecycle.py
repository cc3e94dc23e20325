"""The life of an alarm after ISA-18.2: what may happen to it in which state, and what becomes of it.

An alarm is one rule at one piece of equipment. Two facts never get lost on the way through any state: whether its
condition holds (after its delays), and whether it came and nobody has acknowledged it yet.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class AlarmState(StrEnum):
    """States of ISA-18.2; the last three take an alarm from the screen for a reason that somebody or a rule gave."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"
    SHELVED = "shelved"
    SUPPRESSED_BY_DESIGN = "suppressed_by_design"
    OUT_OF_SERVICE = "out_of_service"


What = Literal[
    "raised", "returned", "acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "out_of_service",
    "in_service",
]  # fmt: skip
HIDDEN = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED_BY_DESIGN, AlarmState.OUT_OF_SERVICE})
LONGEST_SHELF_MS = 24 * 3_600_000


class IllegalTransition(ValueError):
    """What was asked cannot be done in this state. key: of the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Alarm:
    """How an alarm stands. since: in this state from then on, UTC ms.

    is_active: the condition holds, delays over; is_pending: it came and nobody acknowledged; gone_since: the condition
    has not been seen from then on while still active, UTC ms; until: end of the shelf, UTC ms; reason: why it is
    shelved, suppressed or out of service.
    """

    state: AlarmState = AlarmState.NORMAL
    since: int = 0
    is_active: bool = False
    is_pending: bool = False
    gone_since: int | None = None
    until: int | None = None
    reason: str | None = None

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is to be remembered of it."""
        return self.state is AlarmState.NORMAL and self.gone_since is None


@dataclass(frozen=True, slots=True)
class Delays:
    """How long a condition must hold before it counts, and must be gone before it does not, ms."""

    on_ms: int = 0
    off_ms: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules say about an alarm at one moment. since: the condition holds from then on, UTC ms; None: not.

    suppressed_by: why the design hides it now.
    """

    since: int | None = None
    suppressed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened and how the alarm stands after it."""

    what: What
    alarm: Alarm


def observe(alarm: Alarm, seen: Seen, delays: Delays, now: int) -> tuple[Alarm, tuple[Turn, ...]]:
    """Return the alarm after a look, and everything that happened to it, in order.

    A shelf ends by itself at its end; suppression comes and goes with the design's reason.
    """
    turns: list[Turn] = []
    if alarm.state is AlarmState.SHELVED and alarm.until is not None and now >= alarm.until:
        alarm = _note(turns, "unshelved", _plain(alarm, now))
    if seen.suppressed_by is not None and alarm.state not in HIDDEN:
        hidden = replace(alarm, state=AlarmState.SUPPRESSED_BY_DESIGN, since=now, reason=seen.suppressed_by)
        alarm = _note(turns, "suppressed", hidden)
    if seen.since is None:
        alarm = _with_condition(alarm, seen, delays, now, turns)
    if _is_free(alarm, seen):
        alarm = _note(turns, "unsuppressed", _plain(alarm, now))
    if seen.since is not None:
        alarm = _with_condition(alarm, seen, delays, now, turns)
    return alarm, tuple(turns)


def _is_free(alarm: Alarm, seen: Seen) -> bool:
    """Suppression ends with its reason; a condition that went with it must first be gone for its delay."""
    waits = alarm.is_active and seen.since is None
    return alarm.state is AlarmState.SUPPRESSED_BY_DESIGN and seen.suppressed_by is None and not waits


def _with_condition(alarm: Alarm, seen: Seen, delays: Delays, now: int, turns: list[Turn]) -> Alarm:
    if seen.since is not None:
        if alarm.is_active:
            return replace(alarm, gone_since=None)
        if now - seen.since < delays.on_ms:
            return alarm
        return _note(turns, "raised", _activated(alarm, now))
    if not alarm.is_active:
        return alarm
    gone = now if alarm.gone_since is None else min(alarm.gone_since, now)
    if now - gone < delays.off_ms:
        return replace(alarm, gone_since=gone)
    return _note(turns, "returned", _returned(alarm, now))


def acknowledge(alarm: Alarm, now: int) -> Turn:
    """Return the alarm as known to a person. Raises IllegalTransition where nothing is to be acknowledged."""
    if alarm.state in HIDDEN:
        raise IllegalTransition(f"alert.illegal.hidden.{alarm.state.value}")
    if not alarm.is_pending:
        raise IllegalTransition("alert.illegal.nothing_to_acknowledge")
    return Turn("acknowledged", _shown(replace(alarm, is_pending=False), now))


def shelve(alarm: Alarm, until: int, reason: str, now: int) -> Turn:
    """Return the alarm off the screen until `until`, UTC ms. Raises IllegalTransition: hidden, no end, no reason."""
    if alarm.state in HIDDEN:
        raise IllegalTransition(f"alert.illegal.hidden.{alarm.state.value}")
    if alarm.state is AlarmState.NORMAL:
        raise IllegalTransition("alert.illegal.nothing_to_shelve")
    if not now < until <= now + LONGEST_SHELF_MS:
        raise IllegalTransition("alert.illegal.shelf_end")
    if not reason.strip():
        raise IllegalTransition("alert.illegal.reason")
    return Turn("shelved", replace(alarm, state=AlarmState.SHELVED, since=now, until=until, reason=reason.strip()))


def unshelve(alarm: Alarm, now: int) -> Turn:
    """Return the alarm on the screen again. Raises IllegalTransition unless it is shelved."""
    if alarm.state is not AlarmState.SHELVED:
        raise IllegalTransition("alert.illegal.not_shelved")
    return Turn("unshelved", _plain(alarm, now))


def take_out(alarm: Alarm, reason: str, now: int) -> Turn:
    """Return the alarm out of service, from any other state. Raises IllegalTransition: is already, no reason."""
    if alarm.state is AlarmState.OUT_OF_SERVICE:
        raise IllegalTransition("alert.illegal.hidden.out_of_service")
    if not reason.strip():
        raise IllegalTransition("alert.illegal.reason")
    out = replace(alarm, state=AlarmState.OUT_OF_SERVICE, since=now, until=None, reason=reason.strip())
    return Turn("out_of_service", out)


def bring_back(alarm: Alarm, now: int) -> Turn:
    """Return the alarm in service. Raises IllegalTransition unless it is out of it."""
    if alarm.state is not AlarmState.OUT_OF_SERVICE:
        raise IllegalTransition("alert.illegal.not_out")
    return Turn("in_service", _plain(alarm, now))


def _note(turns: list[Turn], what: What, alarm: Alarm) -> Alarm:
    turns.append(Turn(what, alarm))
    return alarm


def _activated(alarm: Alarm, now: int) -> Alarm:
    """The condition came. What design or service hides is not raised; what a person shelved still came, unseen."""
    came = replace(alarm, is_active=True, gone_since=None)
    if alarm.state in (AlarmState.SUPPRESSED_BY_DESIGN, AlarmState.OUT_OF_SERVICE):
        return came
    return _shown(replace(came, is_pending=True), now)


def _returned(alarm: Alarm, now: int) -> Alarm:
    return _shown(replace(alarm, is_active=False, gone_since=None), now)


def _plain(alarm: Alarm, now: int) -> Alarm:
    """Leave a hidden state: what still holds has to be seen by somebody anew."""
    pending = alarm.is_pending or alarm.is_active
    shown = replace(alarm, state=AlarmState.NORMAL, is_pending=pending, until=None, reason=None)
    return _shown(shown, now)


def _shown(alarm: Alarm, now: int) -> Alarm:
    """Return the alarm with the state that its two facts make, unless it is hidden."""
    if alarm.state in HIDDEN:
        return alarm
    if alarm.is_pending:
        state = AlarmState.UNACKNOWLEDGED if alarm.is_active else AlarmState.RETURNED_UNACKNOWLEDGED
    else:
        state = AlarmState.ACKNOWLEDGED if alarm.is_active else AlarmState.NORMAL
    return alarm if state is alarm.state else replace(alarm, state=state, since=now)
