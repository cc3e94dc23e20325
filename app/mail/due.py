"""Which reports are due: a shift that ended and settled, a day whose last shift did; once per report and recipient."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from app.boards.mail import Letter, Subscription
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval
from app.domain.plant.equipment import Plant, WorkCenter
from app.domain.plant.shifts import ShiftInstance
from app.views.kpis import lines_of

SETTLE_MS = 10 * MINUTE_MS
"""After the end of a shift: what machines and people say late of it has mostly come by then."""
PATIENCE_MS = 2 * HOUR_MS
"""History that lags is waited for that long; then the report goes as it is, its coverage in it."""
BEHIND_MS = MINUTE_MS
CATCH_UP_MS = 2 * DAY_MS
"""A mail process that was away sends what became due in this time, nothing older."""
_AROUND_MS = 2 * DAY_MS


class Due(NamedTuple):
    """A report that is due. shift None: the whole production day; ended: UTC ms."""

    date: str
    shift: str | None
    ended: int


def due_letters(plant: Plant, wanted: Subscription, reached: Mapping[str, int], now: int) -> list[Letter]:
    """Return the letters of a subscription that are due by now, new and old ones alike.

    reached: line path -> how far history has come, UTC ms. now: UTC ms.
    """
    lines = lines_of(plant, wanted.equipment)
    return [_letter(wanted, due) for due in _due(lines, wanted, now) if _has_settled(lines, due, reached, now)]


def _due(lines: list[WorkCenter], wanted: Subscription, now: int) -> Iterator[Due]:
    ends: dict[tuple[date, str | None], int] = {}
    window = Interval(max(0, now - CATCH_UP_MS - _AROUND_MS), now + _AROUND_MS)
    for shift in (shift for line in lines for shift in line.calendar.instances(window)):
        key = _key(shift, wanted)
        ends[key] = max(ends.get(key, 0), shift.end)
    first = max(wanted.since, now - CATCH_UP_MS)
    for (day, name), ended in ends.items():
        if first < ended <= now - SETTLE_MS:
            yield Due(day.isoformat(), name, ended)


def _key(shift: ShiftInstance, wanted: Subscription) -> tuple[date, str | None]:
    return shift.date, shift.name if wanted.rhythm == "shift" else None


def _has_settled(lines: list[WorkCenter], due: Due, reached: Mapping[str, int], now: int) -> bool:
    if now >= due.ended + PATIENCE_MS:
        return True
    return min(reached.get(line.path, 0) for line in lines) >= due.ended + BEHIND_MS


def _letter(wanted: Subscription, due: Due) -> Letter:
    said = "\n".join((wanted.rhythm, wanted.equipment, due.date, due.shift or "", wanted.who))
    key = hashlib.sha256(said.encode()).hexdigest()
    words = (key, wanted.who, wanted.address, wanted.equipment, due.date, due.shift, wanted.form, wanted.lang)
    return Letter(*words, due.ended, next_at=due.ended)
