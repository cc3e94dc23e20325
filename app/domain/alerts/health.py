"""How well alerts treat the people who answer them: the figures of DOMAIN section 9, with their targets."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.alerts.condition import PRIORITIES, Priority
from app.domain.alerts.escalation import FLOOD, FLOOD_MS
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval

TARGET_PER_HOUR = 6.0
TARGET_PEAK = FLOOD
TARGET_MIX: Mapping[Priority, float] = {"low": 0.80, "medium": 0.15, "high": 0.05}
CHATTERS = 3
FLEETING_MS, STALE_MS = 5_000, DAY_MS


@dataclass(frozen=True, slots=True)
class Activation:
    """One time that an alarm came. at: UTC ms; returned_at: None while it lasts."""

    rule: str
    equipment: str
    owner: str
    area: str
    priority: Priority
    at: int
    returned_at: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Of one role in one area, over a window.

    count: activations; per_hour: average; peak: the most in any ten minutes; flood_ms: how long more than ten had come
    in the ten minutes before; mix: counts by priority; chattering: alarms that came three times or more within a
    minute; fleeting: activations under five seconds; stale: alarms that have lasted longer than a day.
    """

    owner: str
    area: str
    count: int
    per_hour: float | None
    peak: int
    flood_ms: int
    mix: Mapping[Priority, int]
    chattering: tuple[tuple[str, str], ...]
    fleeting: int
    stale: tuple[tuple[str, str], ...]


def health(owner: str, area: str, found: Sequence[Activation], window: Interval) -> Health:
    """Return the figures of one role in one area. found: theirs that came in the window or last into it, any order.

    Formulas: average = activations in the window / its hours; the others are counts. Unit: per hour, counts, ms.
    Source: DOMAIN section 9, after ISA-18.2 clause on monitoring and EEMUA 191.
    """
    came = sorted((a for a in found if window.start <= a.at < window.end), key=lambda a: a.at)
    times, hours = [a.at for a in came], (window.end - window.start) / HOUR_MS
    lasted = [a for a in came if a.returned_at is not None]
    stale = {(a.rule, a.equipment) for a in found if a.returned_at is None and window.end - a.at > STALE_MS}
    return Health(
        owner=owner,
        area=area,
        count=len(came),
        per_hour=len(came) / hours if hours else None,
        peak=max((at - bisect_left(times, t) + 1 for at, t in _spans(times)), default=0),
        flood_ms=_flood_ms(times, window),
        mix={priority: sum(a.priority == priority for a in came) for priority in PRIORITIES},
        chattering=tuple(sorted(_chattering(came))),
        fleeting=sum((a.returned_at or 0) - a.at < FLEETING_MS for a in lasted),
        stale=tuple(sorted(stale)),
    )


def by_role(found: Iterable[Activation], window: Interval) -> list[Health]:
    """Return the figures of every role and area that alerts came for, by name."""
    groups: dict[tuple[str, str], list[Activation]] = {}
    for one in found:
        groups.setdefault((one.owner, one.area), []).append(one)
    return [health(owner, area, own, window) for (owner, area), own in sorted(groups.items())]


def _spans(times: Sequence[int]) -> list[tuple[int, int]]:
    """Return (place, first moment of the ten minutes that end with it) of every activation."""
    return [(at, t - FLOOD_MS + 1) for at, t in enumerate(times)]


def _flood_ms(times: Sequence[int], window: Interval) -> int:
    """Return how long the last ten minutes held more than ten activations."""
    total, free_from = 0, window.start
    for first in range(len(times) - FLOOD):
        start, end = max(times[first + FLOOD], free_from), min(times[first] + FLOOD_MS, window.end)
        if end > start:
            total += end - start
            free_from = end
    return total


def _chattering(came: Sequence[Activation]) -> set[tuple[str, str]]:
    times: dict[tuple[str, str], list[int]] = {}
    for one in came:
        times.setdefault((one.rule, one.equipment), []).append(one.at)
    return {
        key
        for key, own in times.items()
        if any(last - first < MINUTE_MS for first, last in zip(own, own[CHATTERS - 1 :], strict=False))
    }
