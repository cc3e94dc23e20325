"""How fast lines really make products, from the hourly account of their last shifts."""

from collections.abc import Sequence
from math import sqrt

from sqlalchemy import Engine

from app.domain.accounting.buckets import Bucket, Components
from app.domain.decisions.schedule import Pace
from app.domain.interval import DAY_MS, HOUR_MS, MINUTE_MS, Interval, floor_hour
from app.historian.buckets import Cut, grouped
from app.historian.database import asking_database

SHIFTS, WITHIN_MS, ENOUGH_MS, FEWEST = 10, 28 * DAY_MS, 30 * MINUTE_MS, 3
LEAST_KNOWN = 0.9
"""Of a shift's planned time: one about which little is known says nothing about how fast the line is."""


def paces(engine: Engine, line: str, now: int) -> dict[str, Pace]:
    """Return the pace of each product a line made in at least three of its last ten shifts. Raises DatabaseAway.

    Formula: good units / (planned busy time - set-up) of those shifts, components added first. spread: standard
    deviation of single shifts around it, weighted by their time, as a fraction. Set-ups are planned apart. A shift of
    which less than 90 % is known does not count, nor does its unknown time.
    """
    window = Interval(floor_hour(now - WITHIN_MS), now)
    with asking_database():
        groups = grouped(engine, [line], Cut(window), ("product", "shift"))
    told: dict[str, list[tuple[int, Components]]] = {}
    for group in groups:
        product, shift = group.key
        if product is not None and shift is not None and _is_known(group.components):
            told.setdefault(product, []).append((group.told.start, group.components))
    found = {product: _pace([c for _, c in sorted(own, key=_start)[-SHIFTS:]]) for product, own in told.items()}
    return {product: pace for product, pace in found.items() if pace is not None}


def _pace(shifts: Sequence[Components]) -> Pace | None:
    hours = [_work_ms(c) / HOUR_MS for c in shifts]
    rates = [_good(c) / h for c, h in zip(shifts, hours, strict=True)]
    total = sum(hours)
    mean = sum(map(_good, shifts)) / total
    if len(shifts) < FEWEST or mean <= 0:
        return None
    squares = sum(h * (rate - mean) ** 2 for h, rate in zip(hours, rates, strict=True)) / total
    return Pace(mean, sqrt(squares * len(shifts) / (len(shifts) - 1)) / mean, len(shifts))


def _is_known(c: Components) -> bool:
    unknown = c.buckets_ms[Bucket.UNKNOWN]
    return _work_ms(c) >= ENOUGH_MS and unknown <= (1 - LEAST_KNOWN) * c.pbt_ms


def _good(c: Components) -> float:
    """Good units of known time; of units made in unknown time it is not told which were good, so they share alike."""
    return c.good * c.known_units / c.produced if c.produced > 0 else 0.0


def _work_ms(c: Components) -> int:
    return c.pbt_ms - c.buckets_ms[Bucket.SETUP] - c.buckets_ms[Bucket.UNKNOWN]


def _start(told: tuple[int, Components]) -> int:
    return told[0]
