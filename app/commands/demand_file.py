"""Orders from a CSV file into the demand, by whoever runs the command line."""

from pathlib import Path

from app.auth.steward import Trail
from app.domain.decisions.demand import STATES, Reader, Taken, moved_by
from app.domain.decisions.worktime import WorkTime, open_windows
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant
from app.historian.accounts import Audit
from app.historian.database import Database
from app.historian.demand import DemandBook

BY = "demand"
EXAMPLE_MS = 42 * DAY_MS


def load_file(plant: Plant, database: Database, trail: Trail, file: Path, now: int, *, shift_to_now: bool) -> Taken:
    """Take a file's good rows for the plant's first site; return all. now: UTC ms. Raises OSError, DatabaseAway.

    shift_to_now: move all times so that the first order is due in twelve hours of the site's working time, that of its
    line that is open least.
    """
    site = plant.sites[0]
    reader = Reader(frozenset(plant.products), frozenset({site.path}), site.path, site.zone, f"file {file.name}")
    taken = reader.csv(file.read_text(encoding="utf-8-sig"))
    if shift_to_now:
        ahead = Interval(now, now + EXAMPLE_MS)
        times = [WorkTime(open_windows(line.calendar, ahead)) for area in site.areas for line in area.lines]
        taken = moved_by(taken, now, min(times, key=lambda time: time.total))
    counted = DemandBook(database).put(taken.wanted, now, BY)
    said = f"{counted.new} new, {counted.changed} changed, {len(taken.wrong)} wrong"
    trail.write(now, BY, "schedule.demand", site.path, f"{file.name}: {said}")
    return taken


def load_first(plant: Plant, database: Database, plant_file: Path, now: int) -> None:
    """Take `<plant>.demand.csv` beside the plant file, moved to now, where nothing is wanted. Raises DatabaseAway."""
    file = plant_file.with_suffix(".demand.csv")
    if file.is_file() and not DemandBook(database).all(STATES, 1):
        load_file(plant, database, Audit(database), file, now, shift_to_now=True)
