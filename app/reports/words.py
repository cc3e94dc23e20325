"""Figures as a report prints them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.accounting.buckets import BUCKETS
from app.domain.accounting.kpi_row import KpiRow
from app.reports.figures import Report

HEADINGS = (
    "equipment",
    "from",
    "to",
    "what",
    *(bucket.key.replace("_", " ") for bucket in BUCKETS),
    "good",
    "reject",
    "rework",
    "A",
    "P",
    "Q",
    "OEE",
)

ENOUGH_KNOWN = 0.9
"""Share of planned time that must be known for a figure to be compared. DOMAIN section 2, Unknown."""


def hms(ms: int) -> str:
    """Return h:mm:ss, to the nearest second.

    >>> hms(3_725_000), hms(-60_000)
    ('1:02:05', '-0:01:00')
    """
    seconds = (abs(ms) + 500) // 1000
    return f"{'-' if ms < 0 else ''}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def percent(value: float | None) -> str:
    """Return `81.3 %`, or a dash for what cannot be computed."""
    return "-" if value is None else f"{value * 100:.1f} %"


def oee_words(row: KpiRow) -> str:
    """Return OEE, with the interval it lies in while time is unknown."""
    if row.oee_interval is None or not row.buckets_ms["unknown"]:
        return percent(row.oee)
    low, high = row.oee_interval
    return f"{percent(row.oee)} [{low * 100:.1f}..{high * 100:.1f}]"


def local(ms: int, zone: str) -> str:
    """Return local time with its offset."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %z")


def cells(row: KpiRow, zone: str) -> list[str]:
    """Return a row's cells under HEADINGS."""
    what = f"{row.shift.date} {row.shift.name}" if row.shift else row.product or ""
    times = [hms(ms) for ms in row.buckets_ms.values()]
    counts = [str(row.good), str(row.reject), str(row.rework)]
    ratios = [percent(row.availability), percent(row.performance), percent(row.quality), oee_words(row)]
    return [row.equipment, local(row.from_, zone), local(row.to, zone), what, *times, *counts, *ratios]


def loss_lines(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (loss, h:mm:ss) from planned busy time down to good time."""
    if report.losses is not None:
        yield "planned busy time", hms(sum(report.losses))
        for name, ms in report.losses._asdict().items():
            yield name.replace("_", " "), hms(ms)


def remarks(report: Report) -> Iterator[str]:
    """Yield the findings about data, then the refused lines."""
    known = report.total.coverage if report.total is not None else None
    if known is not None and known < ENOUGH_KNOWN:
        yield (
            f"only {percent(known)} of the planned time is known: A, P and OEE speak of that part alone; "
            "in the rest sources were silent for longer than `stale_after` of their machine"
        )
    unrated = [row for row in report.rows if row.buckets_ms["running"] and row.good + row.reject and not row.ideal_ms]
    if unrated:
        yield (
            f"without ideal cycle time: {sum(row.good + row.reject + row.rework for row in unrated)} units of "
            f"{', '.join(sorted({row.equipment for row in unrated}))}: no P and OEE. Right: tell which product runs "
            "(events `order`), or give the constraint a `cycle` for `default`"
        )
    for finding in report.findings:
        yield f"{local(finding.since, report.zone)} {finding.equipment} {finding.rule}: {finding.detail}"
    for number, why in report.refused:
        yield f"line {number} refused: {why}"
    if report.refused_count > len(report.refused):
        yield f"... and {report.refused_count - len(report.refused)} more lines refused"
