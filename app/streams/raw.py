"""The events behind a number, as they were said: read back from the stream, a bounded number of entries at a time.

A stream is in order of arrival, a window is of event time. What arrived in time is found by when that was, what came
late by `app.streams.late`. Where that finds nothing (it was not noted yet), the place is sought by bisection: what
arrives in bulk is itself in order of time.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from app.boards.explain import RawCount, RawEvent, RawEvents, RawValue, Told
from app.domain.events import streams
from app.domain.events.codec import MalformedEvent, decode
from app.domain.events.contract import Counted, Event, Measured
from app.domain.interval import Interval
from app.streams.connection import Client, asking
from app.streams.late import LATE_MS, LateIndex
from app.streams.log import entry_ms

CHUNK = 500
MOST_READ = 10_000
MOST_TOLD = 40_000
PROBE = 50
_SHOWN_APART = ("machine", "t", "source", "epoch", "seq")
Entry = tuple[bytes, Event]


@dataclass(frozen=True, slots=True)
class RawLog:
    """Reads `events:{line}`. Every call is a few dozen round trips at most and may raise ServerAway."""

    client: Client

    def newest(self, line: str, window: Interval, about: Collection[str], most: int) -> RawEvents:
        """Return the newest `most` events of `window` about the paths `about`, newest first.

        The word is `events.trimmed` when the stream no longer reaches back to the window's start, `events.more` when
        there are more than `most` (or than are read at once), `events.none` when nothing was said.
        """
        return as_said(*self.inside(line, window, about, most))

    def told(self, line: str, window: Interval, about: Collection[str]) -> Told:
        """Return what these paths counted and measured in `window`; the words are those of `newest`."""
        return as_told(*self.inside(line, window, about, MOST_TOLD))

    def inside(self, line: str, window: Interval, about: Collection[str], most: int) -> tuple[list[Entry], str]:
        """Return the newest `most` entries of `window` about the paths, newest first, and the word; empty: all."""
        ranges = [
            (str(window.start - LATE_MS), str(window.end + LATE_MS)),
            *LateIndex(self.client).ranges(line, window),
        ]
        kept: dict[bytes, Event] = {}
        is_cut = False
        for first, last in ranges:
            read = 0
            for chunk in self._back(line, last.encode(), first):
                read += len(chunk)
                kept.update(e for e in chunk if e[1].machine in about and window.start <= e[1].t < window.end)
                if len(kept) >= most or read >= max(most, MOST_READ):
                    is_cut = True
                    break
        if not kept:
            return self._sought(line, window, about, most)
        found = sorted(kept.items(), key=lambda entry: entry[1].t, reverse=True)
        begins = self._begins(line) if not is_cut else 0
        return found[:most], "events.more" if is_cut else "events.trimmed" if begins > window.start else ""

    def _begins(self, line: str) -> int:
        """Return when the first entry that is left of a shortened stream arrived; 0: it is whole."""
        if not self._is_trimmed(line):
            return 0
        with asking():
            first = self.client.xrange(streams.events(line), count=1)
        return entry_ms(first[0][0]) if first else 0

    def _sought(self, line: str, window: Interval, about: Collection[str], most: int) -> tuple[list[Entry], str]:
        found: list[Entry] = []
        read, word = 0, "start"
        for chunk in self._back(line, self._place(line, window.end)):
            read += len(chunk)
            found += [e for e in chunk if e[1].machine in about and window.start <= e[1].t < window.end]
            if len(found) >= most or read >= max(most, MOST_READ):
                word = "events.more"
                break
            if max(event.t for _, event in chunk) < window.start - LATE_MS:
                word = ""
                break
        found.sort(key=lambda entry: entry[1].t, reverse=True)
        if word == "start":
            word = "events.trimmed" if self._is_trimmed(line) else ""
        return found[:most], word

    def _is_trimmed(self, line: str) -> bool:
        key = streams.events(line)
        with asking():
            known = self.client.xinfo_stream(key) if self.client.exists(key) else {}
        return int(known.get("entries-added", 0)) > int(known.get("length", 0))

    def _back(self, line: str, place: bytes, until: str = "-") -> Iterator[list[Entry]]:
        """Yield the stream's events in chunks, newest first, from an entry id (or `+`) to another or the start."""
        end = place
        while True:
            with asking():
                entries = self.client.xrevrange(streams.events(line), max=end, min=until, count=CHUNK)
            if not entries:
                return
            chunk = _events(entries)
            if chunk:
                yield chunk
            end = b"(" + entries[-1][0]

    def _place(self, line: str, end: int) -> bytes:
        """Return an entry id behind which everything was said about later times than `end`; `+`: the stream's end."""
        key = streams.events(line)
        with asking():
            first, last = self.client.xrange(key, count=1), self.client.xrevrange(key, count=1)
        if not first:
            return b"+"
        low, high = entry_ms(first[0][0]), entry_ms(last[0][0]) + 1
        if self._earliest(key, high - 1) < end + LATE_MS:
            return b"+"
        while low < high:
            middle = (low + high) // 2
            if self._earliest(key, middle) >= end + LATE_MS:
                high = middle
            else:
                low = middle + 1
        return str(low).encode()

    def _earliest(self, key: str, arrival: int) -> int:
        """Return the earliest time said in the next entries that arrived from `arrival` on; `arrival` when none did."""
        with asking():
            entries = self.client.xrange(key, min=arrival, count=PROBE)
        return min((event.t for _, event in _events(entries)), default=arrival)


def _events(entries: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    found = []
    for entry, fields in entries:
        try:
            found.append((entry, decode(fields.get(streams.FIELD.encode(), b""))))
        except MalformedEvent:
            continue
    return found


def in_words(entry: str, event: Event) -> RawEvent:
    """Return an event as a person reads it; entry: its id on the stream."""
    fields = msgspec.to_builtins(event)
    kind = fields.pop("kind")
    words = [f"{name}={value}" for name, value in fields.items() if name not in _SHOWN_APART and value is not None]
    text = " ".join([event.machine.rsplit("/", 1)[-1], kind, *words])
    return RawEvent(entry, event.t, text, f"{event.source} {event.epoch}/{event.seq}")


def as_said(found: Sequence[Entry], word: str) -> RawEvents:
    """Return events as a person reads them. found: newest first; word: why they are not all, empty: they are."""
    events = tuple(in_words(entry.decode(), event) for entry, event in found)
    return RawEvents(events, word or (None if events else "events.none"))


def as_told(found: Sequence[Entry], word: str) -> Told:
    """Return what events counted and measured, by time; what a source said twice is there once."""
    once = {identity(event): event for _, event in found}
    events = sorted(once.values(), key=lambda event: event.t)
    counts = (RawCount(e.machine, e.t, e.good, e.reject, e.rework) for e in events if isinstance(e, Counted))
    values = (
        RawValue(e.machine, e.signal, e.t, float(e.value))
        for e in events
        if isinstance(e, Measured) and isinstance(e.value, int | float) and not isinstance(e.value, bool)
    )
    return Told(tuple(counts), tuple(values), word or None)


def identity(event: Event) -> tuple[str, int | str, int]:
    """Return what makes an event the same as another (DOMAIN section 6)."""
    return event.source, event.epoch, event.seq
