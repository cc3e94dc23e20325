"""The kind of rules about a process value beyond a limit: asked at many moments, its minutes are read once."""

from bisect import bisect_left, bisect_right

from app.domain.alerts.facts import Facts
from app.domain.alerts.found import Fields, Found, rounded
from app.domain.alerts.kinds_machine import FRESH_MS, evidence_of, seen_of
from app.domain.alerts.place import Place
from app.domain.alerts.rule import SignalBeyond
from app.domain.interval import HOUR_MS, MINUTE_MS

LOOK_BACK_MS = 6 * HOUR_MS
"""How far before the time in question a limit is followed back: an older crossing counts as having begun here."""
ALWAYS = 1 << 62


class SignalAsked:
    """Whether a value is beyond its limit for long enough; silence for ten minutes says nothing.

    Between limit and deadband it stays what it was, so a minute that ends an excess is remembered for each minute, and
    so is the next one beyond the limit: no question walks back over the minutes again.
    """

    def __init__(self, watch: SignalBeyond, place: Place, facts: Facts) -> None:
        self._watch, self._place = watch, place
        self._minutes = seen_of(watch, place, facts, 0, ALWAYS)
        over = [_over(watch, value) for value in self._minutes.v]
        self._begins = _begins(over, watch.deadband)
        self._nexts = _nexts(over)

    def __call__(self, now: int) -> Found | None:
        """Return what holds at `now`, UTC ms. Reads no minute that was not over by then."""
        watch, place, t, v = self._watch, self._place, self._minutes.t, self._minutes.v
        last = bisect_right(t, now - MINUTE_MS) - 1
        first = bisect_left(t, now - watch.for_ms - LOOK_BACK_MS)
        if last < first or now - t[last] > FRESH_MS:
            return None
        begun = self._nexts[max(first, self._begins[last])]
        if begun > last or now - t[begun] < watch.for_ms:
            return None
        fields: Fields = {
            "signal": watch.signal,
            "value": rounded(v[last]),
            "limit": watch.above if watch.above is not None else watch.below,
            "unit": place.unit,
            "minutes": (now - t[begun]) // MINUTE_MS,
        }
        start, mark = now - watch.for_ms - LOOK_BACK_MS, t[begun]
        return Found(mark, fields, lambda: evidence_of(watch, place, self._minutes.between(start, now), mark))


def _over(watch: SignalBeyond, value: float) -> float:
    if watch.above is not None:
        return value - watch.above
    return (watch.below or 0.0) - value


def _begins(over: list[float], deadband: float) -> list[int]:
    """Return for each minute the one behind the last that ended an excess: as far back as an excess may reach."""
    found, begin = [], 0
    for at, beyond in enumerate(over):
        if beyond < -deadband or (beyond <= 0 and not deadband):
            begin = at + 1
        found.append(begin)
    return found


def _nexts(over: list[float]) -> list[int]:
    """Return for each minute, and for the one behind the last, the first beyond the limit from it on."""
    found = [len(over)] * (len(over) + 1)
    for at in range(len(over) - 1, -1, -1):
        found[at] = at if over[at] > 0 else found[at + 1]
    return found
