"""What keeps the contract but cannot be believed: unknown machines, times that cannot be, stretches that end first."""

from collections.abc import Set

from app.domain.events.contract import CountCorrected, Counted, Event, OrderChanged, ShiftsChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, utc_midnight

FUTURE_MS = DAY_MS
EARLIEST_MS = 946_684_800_000
"""2000-01-01 UTC: a clock whose battery is empty begins before it."""


def implausible(event: Event, known: Set[str], now: int, since: int = 0) -> str | None:
    """Return why a well-formed event cannot be believed, in words that say what would be right; None if it can.

    known: paths that may be spoken about. now: UTC ms; more than a day ahead of it is no time of an event. since: UTC
    ms; what is about earlier times can no longer be accounted for.
    """
    if event.machine not in known:
        return f"unknown machine: {event.machine!r} is not on this line; known are {', '.join(sorted(known))}"
    for name, t in _times(event):
        if t > now + FUTURE_MS:
            return f"implausible: {name} is {(t - now) / HOUR_MS:.1f} h in the future; is the source's clock right?"
        if t < EARLIEST_MS:
            return f"implausible: {name} is before the year 2000; is the source's clock set?"
        if t < since:
            return f"too old: {name} is {(now - t) / DAY_MS:.1f} days ago; inputs are kept for LINESIDE_KEEP_DAYS days"
    return ends_first(event)


def ends_first(event: Event) -> str | None:
    """Return why a stretch of time named by an event is none, or None."""
    if isinstance(event, StopClassified) and event.to is not None and event.to <= event.from_:
        return "implausible: `to` is not after `from`; a stretch of time is [from, to)"
    return None


def _times(event: Event) -> list[tuple[str, int]]:
    times = [("t", event.t)]
    if isinstance(event, StopClassified):
        times += [("from", event.from_)]
    elif isinstance(event, OrderChanged) and event.was is not None:
        times += [("was", event.was)]
    elif isinstance(event, ShiftsChanged):
        times += [("date", utc_midnight(event.date) + DAY_MS)]
    elif isinstance(event, Counted | CountCorrected) and event.made_at is not None:
        times += [("made_at", event.made_at)]
    return times
