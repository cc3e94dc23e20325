"""What people type as a time of the plant -> UTC ms."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(text: str, zone: str) -> int:
    """Return UTC ms of a local date and time such as `2026-11-23T10:21:05`. Raises ValueError.

    A time that a change of clocks skips is moved forward by the gap; of one that happens twice the first is taken.
    """
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def next_at(text: str, after: int, zone: str) -> int:
    """Return the first UTC ms not before `after` at which the plant's clock shows `text` (`10:21` or `10:21:05`).

    Raises ValueError.
    """
    clock = time.fromisoformat(text)
    local = datetime.fromtimestamp(after / 1000, ZoneInfo(zone))
    found = datetime.combine(local.date(), clock, tzinfo=ZoneInfo(zone))
    at = round(found.timestamp() * 1000)
    if at < after:
        at = round(datetime.combine(local.date() + timedelta(days=1), clock, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    return at
