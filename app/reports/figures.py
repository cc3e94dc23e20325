"""Ledgers -> the rows, total and findings of a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.accounting.buckets import ZERO, Components
from app.domain.accounting.facts import FindingFact
from app.domain.accounting.kpi import kpi_row
from app.domain.accounting.kpi_row import KpiRow, ShiftRef
from app.domain.accounting.ledger_api import LineLedger
from app.domain.accounting.losses import Losses, losses
from app.domain.accounting.profiles import Profile
from app.domain.accounting.rollup import product, rollup, total
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour

ReportBy = Literal["hour", "shift", "product", "machine", "line"]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows. total: all rows added (None without rows); losses of the total, ms."""

    profile: str
    window: Interval
    zone: str
    rows: tuple[KpiRow, ...]
    total: KpiRow | None
    losses: Losses | None
    findings: tuple[FindingFact, ...]
    refused: tuple[tuple[int, str], ...] = ()
    refused_count: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    equipment: str
    window: Interval
    shift: ShiftRef | None
    product: str | None
    components: Components


def report_of(ledgers: Sequence[LineLedger], window: Interval, now: int, by: ReportBy, profile: Profile) -> Report:
    """Return the report of a window, exact at both ends; nothing is said about time after `now`."""
    window = Interval(window.start, min(window.end, max(now, window.start)))
    parts = [part for ledger in ledgers for part in _parts(ledger, window, now, by)]
    rows = tuple(kpi_row(p.equipment, p.window, p.shift, p.product, p.components, profile) for p in parts)
    whole = sum((part.components for part in parts), ZERO)
    findings = tuple(f for ledger in ledgers for f in ledger.findings(window) if f.count)
    zone = ledgers[0].line.zone if ledgers else "UTC"
    closing = kpi_row("total", window, None, None, whole, profile) if rows else None
    return Report(profile.key, window, zone, rows, closing, losses(whole).in_ms() if rows else None, findings)


def _parts(ledger: LineLedger, window: Interval, now: int, by: ReportBy) -> Iterator[_Part]:
    path = ledger.line.path
    if by == "product":
        yield from _by_product(ledger, window, now)
    elif by == "machine":
        for machine in ledger.line.machines:
            yield _Part(machine.path, window, None, None, _sum(ledger, machine.path, window, now))
    elif by == "line":
        yield _Part(path, window, None, None, _sum(ledger, path, window, now))
    else:
        for span, shift in _hours(window) if by == "hour" else _shifts(ledger, window):
            yield _Part(path, span, shift, None, _sum(ledger, path, span, now))


def _sum(ledger: LineLedger, path: str, window: Interval, now: int) -> Components:
    return sum((total(ledger.cells(path, day, now)) for day in _days(window)), ZERO)


def _by_product(ledger: LineLedger, window: Interval, now: int) -> Iterator[_Part]:
    path = ledger.line.path
    found: dict[str | None, Components] = {}
    for day in _days(window):
        for key, components in rollup(ledger.cells(path, day, now), product).items():
            found[key] = found.get(key, ZERO) + components
    for key, components in found.items():
        yield _Part(path, window, None, key, components)


def _days(window: Interval) -> Iterator[Interval]:
    for start in range(window.start - window.start % DAY_MS, window.end, DAY_MS):
        yield Interval(start, start + DAY_MS).clip(window)


def _hours(window: Interval) -> Iterator[tuple[Interval, None]]:
    for start in range(floor_hour(window.start), window.end, HOUR_MS):
        yield Interval(start, start + HOUR_MS).clip(window), None


def _shifts(ledger: LineLedger, window: Interval) -> Iterator[tuple[Interval, ShiftRef | None]]:
    """Yield the shifts and the time between them, so that the rows are all of the window."""
    at = window.start
    for shift in ledger.line.calendar.instances(window):
        span = Interval(shift.start, shift.end).clip(window)
        if span.start > at:
            yield Interval(at, span.start), None
        yield span, ShiftRef(shift.name, shift.date.isoformat())
        at = span.end
    if at < window.end:
        yield Interval(at, window.end), None
