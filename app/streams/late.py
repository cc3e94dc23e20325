"""Where on a line's stream events are that arrived long after they happened, so that they are found by their time.

A stream is in order of arrival. What arrives within a minute is found by when it arrived; a backfill, or what a gateway
sends after an outage, lies among what is live by then, and this index says where: ranges of entry ids by the hour they
are about. It is a key beside the stream and is lost with it only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.domain.events import streams
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval, floor_hour
from app.streams.connection import Client, asking
from app.streams.log import Batch, entry_ms

LATE_MS = MINUTE_MS
JOIN_MS = MINUTE_MS
"""Ranges this close to one another are one: more is read than is wanted, and less is kept."""
_T = re.compile(rb'"t":\s*(\d+)')
Range = tuple[str, str]
Index = dict[int, list[Range]]


@dataclass(frozen=True, slots=True)
class LateIndex:
    """Reads and writes `late:{line}`. A batch noted twice changes nothing. All may raise ServerAway."""

    client: Client

    def note(self, line: str, batch: Batch) -> None:
        """Note where the batch's late events are; what the stream no longer holds is forgotten on the way."""
        found = _late(batch)
        if not found:
            return
        index = self._index(line)
        for hour, own in found.items():
            index[hour] = _joined([*index.get(hour, []), own])
        with asking():
            first = self.client.xrange(streams.events(line), count=1)
            begins = entry_ms(first[0][0]) if first else 0
            kept = {hour: [r for r in ranges if _order(r[1])[0] >= begins] for hour, ranges in index.items()}
            self.client.set(
                streams.late(line), msgspec.json.encode({h: ranges for h, ranges in kept.items() if ranges})
            )

    def ranges(self, line: str, window: Interval) -> Sequence[Range]:
        """Return from which entry to which late events of the window's hours are, both included, newest first."""
        index = self._index(line)
        hours = range(floor_hour(window.start), window.end, HOUR_MS)
        return _joined([r for hour in hours for r in index.get(hour, [])])[::-1]

    def _index(self, line: str) -> Index:
        with asking():
            raw = self.client.get(streams.late(line))
        return {} if raw is None else msgspec.json.decode(raw, type=Index)


def _late(batch: Batch) -> dict[int, Range]:
    """Return the first and the last late entry of each hour."""
    found: dict[int, Range] = {}
    for entry, raw in zip(batch.ids, batch.raws, strict=True):
        said = _T.search(raw)
        if said is not None and int(said[1]) < entry_ms(entry) - LATE_MS:
            hour, at = floor_hour(int(said[1])), entry.decode()
            found[hour] = (found.get(hour, (at, at))[0], at)
    return found


def _joined(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges in order, those that meet or nearly do as one."""
    found: list[Range] = []
    for first, last in sorted(ranges, key=lambda r: _order(r[0])):
        if found and _order(first)[0] - _order(found[-1][1])[0] <= JOIN_MS:
            found[-1] = (found[-1][0], max(found[-1][1], last, key=_order))
        else:
            found.append((first, last))
    return found


def _order(entry: str) -> tuple[int, int]:
    ms, _, number = entry.partition("-")
    return int(ms), int(number)
