"""Stops that a work order may repair: what a person picks from, and whether one that was picked is one."""

from collections.abc import Mapping, Sequence

from app.auth.guard import Invalid
from app.boards.maintenance import RecentStop
from app.commands.ground import Ground
from app.domain.accounting.buckets import Bucket
from app.domain.interval import DAY_MS, Interval
from app.historian.database import asking_database
from app.historian.episodes import stops_of

RECENT_MS, MOST = 7 * DAY_MS, 12
REPAIRED = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)


def recent_stops(ground: Ground, machines: Sequence[str]) -> Mapping[str, tuple[RecentStop, ...]]:
    """Return each machine's last unplanned stops of a week, newest first. Raises DatabaseAway."""
    now, reasons = ground.now(), ground.plant().reasons
    with asking_database():
        stops = stops_of(ground.database, machines, Interval(now - RECENT_MS, now), (Bucket.UNPLANNED_STOP,))
    found: dict[str, tuple[RecentStop, ...]] = {}
    for machine in machines:
        own = [stop for stop in reversed(stops) if stop.machine == machine][:MOST]
        named = [(stop, reasons.get(stop.reason)) for stop in own]
        found[machine] = tuple(
            RecentStop(
                stop.id,
                stop.start,
                None if stop.end is None else stop.end - stop.start,
                stop.reason if known is None else known.name,
            )
            for stop, known in named
        )
    return found


def check_stop(ground: Ground, machine: str, stop: str) -> None:
    """Raise Invalid unless history knows an unplanned or minor stop of the machine by this id. Raises DatabaseAway."""
    if stop.rpartition("@")[0] != machine or not is_stop(ground, machine, stop):
        raise Invalid("maintenance.bad_stop")


def is_stop(ground: Ground, machine: str, stop: str) -> bool:
    """Return whether history knows an unplanned or minor stop by this id. Raises DatabaseAway."""
    start = stop.rpartition("@")[2]
    if not (start.isascii() and start.isdecimal() and len(start) <= len(str(1 << 62))):
        return False
    at = min(int(start), 1 << 62)
    with asking_database():
        found = stops_of(ground.database, [machine], Interval(at, at + 1), REPAIRED)
    return any(episode.id == stop for episode in found)
