"""Counts that are not settled yet, in time order, each covering the time since the one before."""

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from app.domain.accounting.day import FIRST, Counts, Day, Made

_time = attrgetter("t")


def chain_fresh(fresh: Iterable[Counts], previous: int | None) -> list[Made]:
    """Return counts in time order, each beginning where the one before ended; equal times are one count."""
    chained: list[Made] = []
    for c in sorted(fresh, key=_time):
        t = c.t
        if chained and chained[-1].t1 == t:
            last = chained[-1]
            chained[-1] = Made(last.t0, t, last.good + c.good, last.reject + c.reject, last.rework + c.rework)
        else:
            chained.append(Made(FIRST if previous is None else min(previous, t), t, c.good, c.reject, c.rework))
        previous = t
    return chained


class _ChainKey(NamedTuple):
    """What fresh counts a chain was made of: they only grow at the end or lose what was settled."""

    size: int
    first: Counts
    last: Counts
    previous: int | None


class Chains:
    """Chains of fresh counts by day, kept until another count comes: they are asked for many times a second."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[_ChainKey, list[Made]]] = {}

    def of(self, day: Day, previous: int | None) -> list[Made]:
        """Return the chain of the day's fresh counts, not empty; previous: time of the settled count before them."""
        fresh = day.fresh
        held = self._held.get(day.start)
        if held is not None:
            key, chain = held
            if key.size == len(fresh) and key.first is fresh[0] and key.last is fresh[-1] and key.previous == previous:
                return chain
        chain = chain_fresh(fresh, previous)
        self._held[day.start] = _ChainKey(len(fresh), fresh[0], fresh[-1], previous), chain
        return chain

    def forget(self, start: int) -> None:
        """Drop what is kept of the day that begins at `start`."""
        self._held.pop(start, None)
