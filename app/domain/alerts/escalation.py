"""Who is told next and when, and what is held back in a flood. Nothing here is ever dropped."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.alerts.condition import AlertRule, EscalationStep, Priority
from app.domain.interval import MINUTE_MS

FLOOD, FLOOD_MS = 10, 10 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Due:
    """A step of an escalation. number: its place in the rule; at: when it is due, UTC ms."""

    number: int
    at: int
    step: EscalationStep


def ladder(rule: AlertRule, since: int) -> list[Due]:
    """Return every step of a rule by when it is due, for an alert that waits since `since`, UTC ms."""
    steps = sorted(rule.escalation, key=lambda step: step.after_ms)
    return [Due(number, since + step.after_ms, step) for number, step in enumerate(steps)]


def following(rule: AlertRule, since: int, told: int) -> Due | None:
    """Return the next step; None: everybody has been told."""
    return next(iter(ladder(rule, since)[told:]), None)


def told_of(step: EscalationStep, people: Sequence[str] | None) -> str:
    """Return what is noted of a step that is done: role, channel, and who is qualified where that was asked.

    >>> told_of(EscalationStep(0, "operator", "screen"), None)
    'operator screen'
    >>> told_of(EscalationStep(0, "operator", "screen"), ["eva", "max"])
    'operator screen|eva, max'
    """
    return f"{step.who} {step.channel}" + ("" if people is None else f"|{', '.join(people)}")


def read_told(why: str) -> tuple[str, str, str | None]:
    """Return role, channel and people of what was noted; people "": nobody qualified was on shift, None: not asked."""
    who, _, rest = why.partition(" ")
    channel, asked, people = rest.partition("|")
    return who, channel, people if asked else None


def is_flood(raised: Sequence[int], now: int) -> bool:
    """Return whether more than ten alerts came in the ten minutes up to `now`. raised: UTC ms, rising.

    Source: DOMAIN section 9; ISA-18.2 and EEMUA 191 call more than ten in ten minutes a flood.
    """
    return bisect_right(raised, now) - bisect_right(raised, now - FLOOD_MS) > FLOOD


def is_held_back(priority: Priority | None, raised: Sequence[int], now: int) -> bool:
    """Return whether an alert waits as part of a summary: it is of low priority and its people are being flooded."""
    return priority == "low" and is_flood(raised, now)


def area_of(equipment: str) -> str:
    """Return the area of a path: `site/area` of `site/area/line/machine`. Floods are counted by role and area.

    >>> area_of("leipzig/bottling/line-1/filler")
    'leipzig/bottling'
    """
    return "/".join(equipment.split("/")[:2])
