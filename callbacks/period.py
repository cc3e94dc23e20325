"""The period an address asks for: the last so many days, or local days from one to another."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.boards.period import Period
from app.domain.interval import DAY_MS, Interval
from app.services import Services

LONGEST_DAYS = 1_100


def period(services: Services, said: Mapping[str, str], place: str, offered: tuple[int, ...], usual: int) -> Period:
    """Return the period of the address' `days`, or of `since` and `until` (both inclusive, in the place's time).

    What it says wrongly is as if it said nothing: `usual` days. An end in the future is now.
    """
    now, days = services.now(), int(said["days"]) if said.get("days", "").isdecimal() else 0
    dates = _dates(said)
    if dates is not None:
        zone = ZoneInfo(services.zone(place))
        first, behind = (_midnight(day, zone) for day in (dates[0], dates[1] + timedelta(days=1)))
        if first < now:
            return Period(Interval(first, min(behind, now)), dates[0].isoformat(), dates[1].isoformat())
    return Period(Interval(now - (days if days in offered else usual) * DAY_MS, now))


def _dates(said: Mapping[str, str]) -> tuple[date, date] | None:
    try:
        since = date.fromisoformat(said["since"])
        until = date.fromisoformat(said["until"]) if said.get("until") else since
    except (KeyError, ValueError):
        return None
    return (since, until) if timedelta() <= until - since <= timedelta(days=LONGEST_DAYS) else None


def _midnight(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
