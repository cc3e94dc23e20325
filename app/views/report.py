"""A shift's or a day's report: the KPI rows REST would give for the same window, and what explains them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from msgspec import structs

from app.auth.guard import Invalid
from app.boards.downtime import DowntimeQuestion
from app.boards.report import ReportBoard, ReportQuestion, ReportStop
from app.domain.accounting.buckets import ZERO
from app.domain.accounting.facts import CorrectionFact
from app.domain.accounting.kpi_row import KpiRow
from app.domain.accounting.losses import losses
from app.domain.accounting.profiles import Profile
from app.domain.interval import DAY_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.plant.shifts import ShiftInstance
from app.historian.buckets import grouped
from app.historian.database import Database
from app.historian.episodes import corrections_of, findings_of
from app.historian.paging import Page, page_of_orders
from app.views.groupings import grouped_rows
from app.views.kpis import lines_of, machines_of, name_of
from app.views.shift_parts import together
from app.views.stops import Lost, lost_stops

MOST_STOPS = 15
MOST_ROWS = 500
_WIDEST_MS = 2 * DAY_MS


def report_board(db: Database, plant: Plant, asked: ReportQuestion, profile: Profile, now: int) -> ReportBoard | None:
    """Return the report; None for unknown equipment. now: UTC ms. Raises Invalid for a date or shift there is not."""
    lines = lines_of(plant, asked.equipment)
    if not lines:
        return None
    asked, window = _dated(asked, lines, now)
    where = (asked.equipment, window)
    total = grouped_rows(db, plant, where, (), profile)
    stops = _stops(db, plant, asked, window)
    about = [line.path for line in lines] + machines_of(plant, asked.equipment)
    orders = page_of_orders(db, [line.path for line in lines], window, Page(MOST_ROWS + 1))
    corrections = corrections_of(db, about, window)
    findings = list(islice(findings_of(db, about, window), MOST_ROWS + 1))
    listed: dict[str, Sequence[object]] = {"orders": orders, "corrections": corrections, "findings": findings}
    return ReportBoard(
        question=asked,
        name=name_of(plant, asked.equipment),
        zone=lines[0].zone,
        window=window,
        profile=profile.key,
        floor=plant.coverage_floor,
        total=total[0] if total else None,
        lines=tuple(grouped_rows(db, plant, where, ("line",), profile)),
        shifts=tuple(row for row in grouped_rows(db, plant, where, ("shift",), profile) if row.shift),
        products=tuple(sorted(_products(db, plant, where, profile), key=lambda row: -row.reject)),
        product_names={key: product.name for key, product in plant.products.items()},
        targets={line.path: line.oee_target for line in lines if line.oee_target is not None},
        losses=_losses(db, plant, asked.equipment, window),
        stops=tuple(_stop(plant, stop) for stop in stops[:MOST_STOPS]),
        stop_count=len(stops),
        orders=tuple(orders[:MOST_ROWS]),
        corrections=tuple(_in_words(plant, said) for said in corrections[:MOST_ROWS]),
        findings=tuple(findings[:MOST_ROWS]),
        longer=frozenset(key for key, rows in listed.items() if len(rows) > MOST_ROWS),
        names={path: name_of(plant, path) for path in {*about, asked.equipment}},
        offered=tuple(dict.fromkeys(p.name for line in lines for p in line.calendar.patterns)),
    )


def _dated(asked: ReportQuestion, lines: list[WorkCenter], now: int) -> tuple[ReportQuestion, Interval]:
    """Return the question with its date, and the time of its shifts (or of the local day, where no shift opens)."""
    day = _date(asked, lines, now)
    dated = ReportQuestion(asked.equipment, day.isoformat(), asked.shift)
    start = _midnight(day, lines[0].zone)
    around = Interval(max(0, start - DAY_MS), start + _WIDEST_MS)
    shifts = [s for s in _shifts(lines, around) if s.date == day and asked.shift in (None, s.name)]
    if shifts:
        return dated, Interval(min(s.start for s in shifts), max(s.end for s in shifts))
    if asked.shift is not None:
        raise Invalid(f"shift {asked.shift!r}: none of this name opened on {day.isoformat()} at {asked.equipment}")
    return dated, Interval(start, _midnight(day + timedelta(days=1), lines[0].zone))


def _date(asked: ReportQuestion, lines: list[WorkCenter], now: int) -> date:
    if asked.date:
        try:
            found = date.fromisoformat(asked.date)
        except ValueError as error:
            raise Invalid(f"date={asked.date[:32]!r}: must be a day such as 2026-11-23") from error
        if not 1970 < found.year < 9000:
            raise Invalid(f"date={asked.date[:32]!r}: must be a day such as 2026-11-23")
        return found
    ended = [s for s in _shifts(lines, Interval(max(0, now - 8 * DAY_MS), now)) if s.end <= now]
    wanted = [s for s in ended if asked.shift in (None, s.name)]
    return max((s.date for s in wanted), default=datetime.fromtimestamp(now / 1000, ZoneInfo(lines[0].zone)).date())


def _shifts(lines: list[WorkCenter], window: Interval) -> list[ShiftInstance]:
    return [shift for line in lines for shift in line.calendar.instances(window)]


def _midnight(day: date, zone: str) -> int:
    return round(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


def _losses(db: Database, plant: Plant, equipment: str, window: Interval) -> dict[str, int]:
    cells = [g.components for p, where in together(plant, equipment, window) for g in grouped(db, p, where, ())]
    return dict(losses(sum(cells, ZERO)).in_ms()._asdict()) if cells else {}


def _products(db: Database, plant: Plant, where: tuple[str, Interval], profile: Profile) -> list[KpiRow]:
    """Return the rows of what was made, by line and product; time without anything made is in the other tables."""
    rows = grouped_rows(db, plant, where, ("product", "line"), profile)
    return [row for row in rows if row.good or row.reject or row.rework]


def _stops(db: Database, plant: Plant, asked: ReportQuestion, window: Interval) -> list[Lost]:
    question = DowntimeQuestion(asked.equipment, window)
    found = lost_stops(db, plant, question, window)
    return sorted(found, key=lambda stop: (-stop.ms, stop.episode.start))


def _in_words(plant: Plant, said: CorrectionFact) -> CorrectionFact:
    """Return a correction that says a reason by its name."""
    reason = plant.reasons.get(said.what)
    return said if reason is None else structs.replace(said, what=reason.name)


def _stop(plant: Plant, stop: Lost) -> ReportStop:
    e = stop.episode
    reason = plant.reasons.get(e.reason)
    words = e.reason if reason is None else reason.name
    return ReportStop(e.machine, e.start, stop.ms, e.bucket.key, words, e.attested_by, e.note)
