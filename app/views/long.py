"""The rows of a long export, a page for each line and day: as many as there are, a few in memory."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.boards.files import FileQuestion, LongTable, Page
from app.boards.report import Cell, Column
from app.domain.accounting.buckets import BUCKETS, Episode
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.profiles import Profile
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.historian.database import Database
from app.historian.episodes import stops_of
from app.views.groupings import Cutting, grouped_rows
from app.views.kpis import lines_of, name_of
from app.views.stops import LOST

_RATIOS = ("oee", "availability", "performance", "quality", "coverage", "trust", "teep")
_COUNTS = ("good", "reject", "rework")
_BY: dict[str, tuple[Cutting, ...]] = {"shifts": ("line", "shift"), "hours": ("hour", "shift", "line")}
_KPI_COLUMNS = (
    Column("report.place", "text"),
    Column("report.since", "moment"),
    Column("report.until", "moment"),
    Column("report.day", "text"),
    Column("report.shift", "text"),
    *(Column(f"kpi.{key}", "ratio") for key in _RATIOS),
    *(Column(f"kpi.{key}", "whole") for key in _COUNTS),
    *(Column(f"bucket.{bucket.key}", "duration") for bucket in BUCKETS),
)
_STOP_COLUMNS = (
    Column("report.place", "text"),
    Column("report.machine", "text"),
    Column("report.since", "moment"),
    Column("report.until", "moment"),
    Column("report.time", "duration"),
    Column("report.what", "word"),
    Column("report.reason", "text"),
    Column("report.by", "text"),
    Column("report.note", "text"),
    Column("report.order", "text"),
    Column("report.product", "text"),
    Column("report.shift", "text"),
)


def long_table(db: Database, plant: Plant, asked: FileQuestion, profile: Profile) -> LongTable:
    """Return the table; its pages are read as they are taken. The place is in the plant file."""
    lines = lines_of(plant, asked.equipment)
    first, last = date.fromisoformat(asked.first), date.fromisoformat(asked.last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    columns = _STOP_COLUMNS if asked.what == "stops" else _KPI_COLUMNS
    pages = _Reader(db, plant, asked.what, profile).pages(days, lines)
    return LongTable(name_of(plant, asked.equipment), lines[0].zone, columns, len(days) * len(lines), pages)


class _Reader:
    """Reads one line's day at a time."""

    def __init__(self, db: Database, plant: Plant, what: str, profile: Profile) -> None:
        self._db = db
        self._plant = plant
        self._what = what
        self._profile = profile

    def pages(self, days: list[date], lines: list[WorkCenter]) -> Iterator[Page]:
        """Yield a page for each day and line, by day."""
        for day in days:
            for line in lines:
                window = production_day(line, day)
                yield self._stops(line, window) if self._what == "stops" else self._rows(line, window)

    def _rows(self, line: WorkCenter, window: Interval) -> Page:
        rows = grouped_rows(self._db, self._plant, (line.path, window), _BY[self._what], self._profile)
        return tuple(_kpi_cells(line, row) for row in rows)

    def _stops(self, line: WorkCenter, window: Interval) -> Page:
        """Return the stops that began in the window, each whole: every stop is on one page only."""
        machines = [machine.path for machine in line.machines]
        found = stops_of(self._db, machines, window, [int(bucket) for bucket in LOST])
        return tuple(self._stop_cells(line, stop) for stop in found if stop.start >= window.start)

    def _stop_cells(self, line: WorkCenter, e: Episode) -> tuple[Cell, ...]:
        reason = self._plant.reasons.get(e.reason)
        words = e.reason if reason is None else reason.name
        lasted = None if e.end is None else e.end - e.start
        said = (line.name, name_of(self._plant, e.machine), e.start, e.end, lasted, f"bucket.{e.bucket.key}")
        return (*said, words, e.attested_by, e.note, e.order, e.product, e.shift)


def production_day(line: WorkCenter, day: date) -> Interval:
    """Return from the start of the day's first shift to that of the next day's; the local day where no shift opens.

    So days follow one another without a gap, and time between shifts is the day's before it.
    """
    return Interval(_opens(line, day), max(_opens(line, day), _opens(line, day + timedelta(days=1))))


def _opens(line: WorkCenter, day: date) -> int:
    midnight = round(datetime.combine(day, time(), ZoneInfo(line.zone)).astimezone(UTC).timestamp() * 1000)
    shifts = line.calendar.instances(Interval(max(0, midnight - DAY_MS), midnight + 2 * DAY_MS))
    return min((shift.start for shift in shifts if shift.date == day), default=midnight)


def _kpi_cells(line: WorkCenter, row: KpiRow) -> tuple[Cell, ...]:
    shift = (row.shift.date, row.shift.name) if row.shift else (None, None)
    figures = [getattr(row, key) for key in (*_RATIOS, *_COUNTS)]
    return (line.name, row.from_, row.to, *shift, *figures, *(row.buckets_ms[bucket.key] for bucket in BUCKETS))
