"""`python -m app report LOG --plant FILE`: the KPIs of an event log, offline."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO, get_args
from zoneinfo import ZoneInfo

import msgspec

from app.domain.accounting.profiles import profile
from app.domain.accounting.telling import review
from app.domain.events.plausible import looks_like_seconds
from app.domain.interval import DAY_MS, Interval
from app.plantyaml import load_plant
from app.reports.account import LogAccount, TemporaryPages
from app.reports.figures import Report, ReportBy, report_of
from app.reports.html import as_html
from app.reports.readlog import LATEST, LogReader, UnreadableLog
from app.reports.table import print_report

Form = Literal["table", "json", "html"]


LONGEST_MS = 3 * 366 * DAY_MS
"""Years without events are unknown time: adding them up takes long and says nothing."""


class BadQuestion(ValueError):
    """An argument cannot be right; the text says which and what would be."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. start, end: as typed (UTC ms, ISO 8601, local time of the site without zone) or None.

    profile None: the plant's.
    """

    log: Path
    plant: Path
    start: str | None = None
    end: str | None = None
    by: str = "shift"
    profile: str | None = None


def run_report(asked: Question, form: Form = "table", out: TextIO | None = None) -> int:
    """Print the report and return 0; 1 when lines of the log were refused.

    Raises BadQuestion, UnreadableLog, PlantFileErrors, UnknownProfile.
    """
    out = sys.stdout if out is None else out
    report = make_report(asked)
    if form == "json":
        out.write(as_json(report) + "\n")
    elif form == "html":
        out.write(as_html(report, asked.log.name))
    else:
        print_report(report, out)
    return 1 if report.refused_count else 0


def make_report(asked: Question) -> Report:
    """Read the log and return its report.

    Window: from the start of the shift the first event lies in (its own time outside shifts) to just after the last
    event, so that what was counted with it counts.
    """
    if asked.by not in get_args(ReportBy):
        raise BadQuestion(f"--by {asked.by}: must be one of {', '.join(get_args(ReportBy))}")
    by: ReportBy = asked.by  # type: ignore[assignment]
    plant = load_plant(asked.plant)
    used = profile(asked.profile or plant.profile)
    reader = LogReader(asked.log, plant)
    with TemporaryPages() as pages:
        account = LogAccount(plant, pages)
        account.take(reader.events())
        if account.first is None or account.last is None:
            refused = reader.refused.shown
            said = f"; line {refused[0][0]}: {refused[0][1]}" if refused else ""
            raise UnreadableLog(f"{asked.log}: no event in this log{said}")
        ledgers = [account.ledgers[line.path] for line in plant.lines() if line.path in account.ledgers]
        window = _window(asked, account, ledgers[0].line.zone)
        account.review(max(account.last, window.end))
        for ledger in ledgers:
            ledger.settle(max(account.last, window.end), open_hours=False)
            review(ledger, window)
        report = report_of(ledgers, window, max(account.last, window.end), by, used)
    refusals = reader.refused
    return replace(report, refused=tuple(refusals.shown), refused_count=refusals.count, events=account.count)


def _window(asked: Question, account: LogAccount, zone: str) -> Interval:
    first, last = account.first or 0, account.last or 0
    shifts = [ledger.line.calendar.at(first) for ledger in account.ledgers.values()]
    start = min([first, *(shift.start for shift in shifts if shift)])
    start = start if asked.start is None else _instant(asked.start, zone, "--from")
    end = last + 1 if asked.end is None else _instant(asked.end, zone, "--to")
    if end <= start:
        raise BadQuestion(f"--from, --to: the window must end after it begins; events are from {first} to {last} (ms)")
    if end - start > LONGEST_MS:
        raise BadQuestion(
            "the window is longer than three years: name a shorter one with --from and --to; "
            f"events are from {_date(first)} to {_date(last)}"
        )
    return Interval(start, end)


def _date(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).date().isoformat()


def _instant(text: str, zone: str, name: str) -> int:
    try:
        found = int(text) if text.isascii() and text.isdecimal() else _typed(text, zone)
    except (ValueError, OverflowError) as error:
        raise BadQuestion(f"{name} {text}: must be UTC ms or a time such as 2026-11-23T06:00") from error
    if looks_like_seconds(found):
        raise BadQuestion(f"{name} {text} looks like seconds since 1970; right are milliseconds: {found * 1_000}")
    if not 0 <= found <= LATEST:
        raise BadQuestion(f"{name} {text}: must lie between the years 1970 and 2100")
    return found


def _typed(text: str, zone: str) -> int:
    at = datetime.fromisoformat(text)
    return round((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000)


def as_json(report: Report) -> str:
    """Return the public shape: profile, rows, findings; refused lines are findings with the rule `malformed_line`."""
    findings: list[object] = list(report.findings)
    findings += [{"rule": "malformed_line", "line": number, "detail": why} for number, why in report.refused]
    return msgspec.json.encode({"profile": report.profile, "rows": report.rows, "findings": findings}).decode()
