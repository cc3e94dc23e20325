"""When the rules of one signal did not hold: stretches of time by rule, kept for a while."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import msgspec

from app.domain.governance.rules import Breach, Rule
from app.domain.interval import Interval

MOST_LAPSES = 20_000


class Lapse(msgspec.Struct, frozen=True, array_like=True):
    """A rule did not hold in [start, end), UTC ms. detail: what was seen first."""

    start: int
    end: int
    rule: Rule
    detail: str


class Record(msgspec.Struct, array_like=True):
    """What is remembered of a signal: since when, its newest reading, the lapses that ended, by start.

    value: as it was said; rule, detail: what the newest reading breaks; number: the newest good number, and when.
    """

    since: int
    t: int
    value: float | int | bool | str | None
    rule: Rule | None = None
    detail: str = ""
    number: tuple[int, float] | None = None
    lapses: list[Lapse] = []

    def hear(self, t: int, found: Breach | None, fresh_ms: int | None) -> Interval | None:
        """Take a reading at `t`. Returns the time whose verdict changed, if any did."""
        if t < self.t:
            return self._fill(t, found, fresh_ms)
        ended = list(self._standing(t, fresh_ms))
        if ended:
            self.lapses += ended if not self._goes_on(ended[0]) else [self._joined(ended[0]), *ended[1:]]
        self.t = t
        self.rule, self.detail = (None, "") if found is None else (found.rule, found.detail)
        return Interval(ended[0].start, t) if ended else None

    def _goes_on(self, lapse: Lapse) -> bool:
        last = self.lapses[-1] if self.lapses else None
        return last is not None and last.end == lapse.start and last.rule == lapse.rule

    def _joined(self, lapse: Lapse) -> Lapse:
        return msgspec.structs.replace(self.lapses.pop(), end=lapse.end)

    def _standing(self, now: int, fresh_ms: int | None) -> Iterator[Lapse]:
        """Yield what does not hold from the newest reading until `now`."""
        silent = now if fresh_ms is None else min(now, self.t + fresh_ms)
        if self.rule is not None and silent > self.t:
            yield Lapse(self.t, silent, self.rule, self.detail)
        if now > silent:
            yield Lapse(silent, now, "freshness", f"nothing for {(now - self.t) / 1000:.0f} s")

    def _fill(self, t: int, found: Breach | None, fresh_ms: int | None) -> Interval | None:
        """A late reading speaks for the silence it lies in: that was no silence; what it breaks was broken then."""
        at = bisect_right(self.lapses, t, key=_start) - 1
        if at < 0 or fresh_ms is None:
            return None
        hole = self.lapses[at]
        if hole.rule != "freshness" or t >= hole.end:
            return None
        end = min(t + fresh_ms, hole.end)
        parts = [
            Lapse(hole.start, t, hole.rule, hole.detail),
            *([] if found is None else [Lapse(t, end, found.rule, found.detail)]),
            Lapse(end, hole.end, hole.rule, hole.detail),
        ]
        self.lapses[at : at + 1] = [part for part in parts if part.end > part.start]
        return Interval(t, end)

    def inside(self, window: Interval, now: int, fresh_ms: int | None) -> list[Lapse]:
        """Return the lapses in `window` up to `now`, clipped to it, by start."""
        window = Interval(window.start, min(window.end, now))
        first = bisect_right(self.lapses, window.start, key=_end)
        last = bisect_left(self.lapses, window.end, lo=first, key=_start)
        every = [*self.lapses[first:last], *self._standing(max(now, self.t), fresh_ms)]
        clipped = (clip(lapse, window) for lapse in every)
        return [lapse for lapse in clipped if lapse.end > lapse.start]

    def score(self, window: Interval, now: int, fresh_ms: int | None) -> float | None:
        """Return the share of `window` (since the signal was first heard, up to `now`) in which all rules held.

        None: it was not heard before the window ended.
        """
        start, end = max(window.start, self.since), min(window.end, now)
        if end <= start:
            return None
        lapsed = sum(lapse.end - lapse.start for lapse in self.inside(Interval(start, end), now, fresh_ms))
        return 1 - lapsed / (end - start)

    def forget(self, before: int) -> None:
        """Forget lapses that ended before `before`, and the oldest of more than anybody reads."""
        self.lapses = self.lapses[max(bisect_left(self.lapses, before, key=_end), len(self.lapses) - MOST_LAPSES, 0) :]


def clip(lapse: Lapse, window: Interval) -> Lapse:
    """Return the part of a lapse inside `window`; may be empty."""
    return msgspec.structs.replace(lapse, start=max(lapse.start, window.start), end=min(lapse.end, window.end))


def _start(lapse: Lapse) -> int:
    return lapse.start


def _end(lapse: Lapse) -> int:
    return lapse.end
