"""Time that people moved between planned and unplanned: the classic way to flatter OEE, told by week (DOMAIN 7)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.accounting.buckets import Bucket, Episode
from app.domain.accounting.packml import Kind, interpret
from app.domain.interval import Interval
from app.domain.plant.equipment import WorkUnit
from app.domain.plant.reasons import ReasonTree

UNPLANNED = (Bucket.UNPLANNED_STOP, Bucket.MINOR_STOP)


class Moved(NamedTuple):
    """ms of a week that the machine said were a stop and a person planned, and the other way round.

    week: ISO, `2026-W47`, of the plant's local time.
    """

    week: str
    to_planned: int
    to_unplanned: int


def moved(episodes: Iterable[Episode], unit: WorkUnit, reasons: ReasonTree, window: Interval, zone: str) -> list[Moved]:
    """Return what people moved of a machine's time inside window, by the week in which each episode begins.

    What the machine said is judged by its state word alone: a fault code that a person replaced is not kept.
    """
    weeks: dict[str, list[int]] = {}
    for episode in episodes:
        at = _column(episode, unit, reasons)
        if not episode.edits or at is None:
            continue
        inside = Interval(episode.start, window.end if episode.end is None else episode.end).clip(window)
        weeks.setdefault(_week(episode.start, zone), [0, 0])[at] += max(0, inside.length)
    return [Moved(week, *sums) for week, sums in sorted(weeks.items())]


def added(parts: Iterable[Sequence[Moved]]) -> list[Moved]:
    """Return several machines' weeks added."""
    weeks: dict[str, list[int]] = {}
    for one in (row for rows in parts for row in rows):
        sums = weeks.setdefault(one.week, [0, 0])
        for at, ms in enumerate(one[1:]):
            sums[at] += int(ms)
    return [Moved(week, *sums) for week, sums in sorted(weeks.items())]


def _column(episode: Episode, unit: WorkUnit, reasons: ReasonTree) -> int | None:
    said = interpret(unit, reasons, episode.said, None).kind if episode.said else Kind.NONE
    if said is Kind.STOP and episode.bucket is Bucket.PLANNED_STOP:
        return 0
    return 1 if said is Kind.PLANNED and episode.bucket in UNPLANNED else None


def _week(t: int, zone: str) -> str:
    year, week, _ = datetime.fromtimestamp(t / 1000, ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"
