"""What keeps the contract but cannot be believed: unknown machines, times that cannot be, stretches that end first."""

from collections.abc import Set

from app.domain.events.contract import CountCorrected, Counted, Event, OrderChanged, ShiftsChanged, StopClassified
from app.domain.interval import DAY_MS, HOUR_MS, utc_midnight

FUTURE_MS = DAY_MS
EARLIEST = 946_684_800_000
"""2000-01-01 UTC, before any event of a plant: a clock whose battery is empty begins before it."""
FARTHEST_PAST_MS = 2 * 366 * DAY_MS
"""History of two years may be filled in; what is older is said by a clock that lost its year."""
_SECONDS = range(EARLIEST // 1_000, 100_000_000_000)


def too_early(name: str, t: int) -> str | None:
    """Return what is wrong with a time that is said to be before the year 2000, or None.

    >>> too_early("t", 1_795_430_400)
    't 1795430400 looks like seconds since 1970; right are milliseconds: 1795430400000'
    """
    if looks_like_seconds(t):
        return f"{name} {t} looks like seconds since 1970; right are milliseconds: {t * 1_000}"
    if t < EARLIEST:
        return f"{name} {t}: lies before the year 2000; right are UTC milliseconds. Is the source's clock set?"
    return None


def looks_like_seconds(t: int) -> bool:
    """Return whether `t` is a date of our times as seconds since 1970, and none as milliseconds."""
    return t in _SECONDS


def impossible_time(event: Event, now: int) -> str | None:
    """Return which time of the event no clock of a plant can have shown at `now` (UTC ms), or None."""
    for name, t in _times(event):
        if (early := too_early(name, t)) is not None:
            return early
        if t > now + FUTURE_MS:
            return f"implausible: {name} is {(t - now) / HOUR_MS:.1f} h in the future; is the source's clock right?"
    return None


def implausible(event: Event, known: Set[str], now: int, since: int = 0) -> str | None:
    """Return why a well-formed event cannot be believed, in words that say what would be right; None if it can.

    known: paths that may be spoken about. now: UTC ms; more than a day ahead of it is no time of an event. since: UTC
    ms; what is about earlier times can no longer be accounted for.
    """
    if event.machine not in known:
        return f"unknown machine: {event.machine!r} is not on this line; known are {', '.join(sorted(known))}"
    if (why := impossible_time(event, now)) is not None:
        return why
    for name, t in _times(event):
        if t < min(since, now - FARTHEST_PAST_MS):
            return f"implausible: {name} is {(now - t) / DAY_MS:.1f} days ago; is the source's clock right?"
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
