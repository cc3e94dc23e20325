"""The archive: what is on the streams, copied to files by line and hour of arrival, one event a line, compressed.

A file is JSON lines, so that `report` and `rebuild` read it as it is. Each step appends one compressed member per hour,
flushes it to disk and then notes, in one rename, how far it came: after a kill the file is cut back to what was noted,
so that every event is in it once. The engine drops from the stream only what is noted here.
"""

import gzip
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from app.boards.explain import RawEvents, Told
from app.domain.events.codec import MalformedEvent, decode
from app.domain.events.contract import Event
from app.domain.interval import DAY_MS, HOUR_MS, Interval, floor_hour
from app.streams.connection import ServerAway
from app.streams.leases import Leases
from app.streams.log import START, Batch, LineLog, entry_ms
from app.streams.raw import MOST_TOLD, Entry, RawLog, as_said, as_told, identity

ENTRIES = 5_000
PAUSE_S = 5.0
TIDY_EVERY_MS = HOUR_MS
MOST_HOURS = 48
PLACE = "position.json"
OWNER, OWNER_MS = "archive", 60_000
log = structlog.get_logger("lineside.archive")


class Place(msgspec.Struct, frozen=True):
    """How far a line's archive came: the last entry, and the file it is in with its length then."""

    entry: str = START.decode()
    file: str = ""
    size: int = 0


class Archivist:
    """Copies the streams of lines to files below `folder`. leases: of whoever archives; only one does at a time."""

    def __init__(self, folder: Path, stream: LineLog, lines: Sequence[str], leases: Leases, keep_days: int) -> None:
        self._folder = folder
        self._stream = stream
        self._lines = lines
        self._leases = leases
        self._places: dict[str, Place] = {}
        self._keep_ms = keep_days * DAY_MS
        self._tidied_at = 0

    def step(self) -> int:
        """Copy what is new, at most ENTRIES a line; return how many, 0 while somebody else archives.

        Raises ServerAway, OSError (disk full).
        """
        if not self._leases.acquire([OWNER]):
            self._places = {}
            return 0
        self._places = self._places or {line: _place(self._folder / line) for line in self._lines}
        behind = {line: place.entry.encode() for line, place in self._places.items()}
        copied = 0
        for line, batch in self._stream.read(behind, ENTRIES).items():
            self._keep(line, batch)
            copied += len(batch.raws)
        for line, place in self._places.items():
            self._stream.archived(line, place.entry.encode())
        return copied

    def _keep(self, line: str, batch: Batch) -> None:
        for hour, raws, last in _by_hour(batch):
            place, file = self._places[line], _file(hour)
            path = self._folder / line / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as out:
                out.truncate(place.size if place.file == file else 0)
                out.write(gzip.compress(b"\n".join(raws) + b"\n", mtime=0))
                out.flush()
                os.fsync(out.fileno())
                size = out.tell()
            self._places[line] = Place(last.decode(), file, size)
            _note(self._folder / line, self._places[line])

    def tidy(self, now: int) -> None:
        """Delete days that are older than is kept, once an hour."""
        if 0 <= now - self._tidied_at < TIDY_EVERY_MS:
            return
        self._tidied_at = now
        oldest = _file(now - self._keep_ms).partition("/")[0]
        for line in self._lines:
            for day in sorted((self._folder / line).glob("????-??-??")):
                if day.name < oldest:
                    shutil.rmtree(day)
                    log.info("archive let go", line=line, day=day.name)

    def run(self, stop: threading.Event, now: Callable[[], int]) -> None:
        """Copy until told to stop; what cannot be done now is tried again, and said once."""
        problem = ""
        while not stop.is_set():
            try:
                more = self.step() >= ENTRIES
                self.tidy(now())
                problem = _say(problem, "")
            except (ServerAway, OSError) as error:
                more, problem = False, _say(problem, str(error))
            if not more:
                stop.wait(PAUSE_S)


def _say(before: str, problem: str) -> str:
    if problem and not before:
        log.warning("the archive waits", error=problem)
    if before and not problem:
        log.info("the archive goes on")
    return problem


def _place(folder: Path) -> Place:
    try:
        return msgspec.json.decode((folder / PLACE).read_bytes(), type=Place)
    except FileNotFoundError:
        return Place()


def _note(folder: Path, place: Place) -> None:
    fresh = folder / f"{PLACE}.new"
    with fresh.open("wb") as out:
        out.write(msgspec.json.encode(place))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / PLACE)


def _by_hour(batch: Batch) -> Iterator[tuple[int, list[bytes], bytes]]:
    """Yield each hour of arrival with its events on one line each, and its last entry."""
    at = 0
    while at < len(batch.ids):
        hour, start = floor_hour(entry_ms(batch.ids[at])), at
        while at < len(batch.ids) and floor_hour(entry_ms(batch.ids[at])) == hour:
            at += 1
        yield hour, [raw.replace(b"\n", b" ") for raw in batch.raws[start:at]], batch.ids[at - 1]


def _file(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d/%H.jsonl.gz")


@dataclass(frozen=True, slots=True)
class RawHistory:
    """The events behind a number: from the stream, and where it no longer reaches back, from the archive's files."""

    stream: RawLog
    folder: Path

    def newest(self, line: str, window: Interval, about: Collection[str], most: int) -> RawEvents:
        """Return the newest `most` events of `window` about the paths, newest first; see RawLog. Raises ServerAway."""
        return as_said(*self._inside(line, window, about, most))

    def told(self, line: str, window: Interval, about: Collection[str]) -> Told:
        """Return what these paths counted and measured in `window`; see RawLog. Raises ServerAway."""
        return as_told(*self._inside(line, window, about, MOST_TOLD))

    def _inside(self, line: str, window: Interval, about: Collection[str], most: int) -> tuple[list[Entry], str]:
        found, word = self.stream.inside(line, window, about, most)
        if word != "events.trimmed":
            return found, word
        held = {identity(event) for _, event in found}
        older, word = self._older(line, window, about, most)
        found += [(b"", event) for event in older if identity(event) not in held]
        return sorted(found, key=lambda entry: -entry[1].t)[:most], word

    def _older(self, line: str, window: Interval, about: Collection[str], most: int) -> tuple[list[Event], str]:
        """Read hours of arrival from just behind the window back to its start; what came days late is left out."""
        found: list[Event] = []
        last = floor_hour(window.end - 1) + HOUR_MS
        first = max(floor_hour(window.start), last - MOST_HOURS * HOUR_MS)
        is_whole = first == floor_hour(window.start)
        for hour in range(last, first - 1, -HOUR_MS):
            path = self.folder / line / _file(hour)
            if hour < last and not path.exists():
                is_whole = False
            kept = [e for e in _events(path) if e.machine in about and window.start <= e.t < window.end]
            found += reversed(kept)
            if len(found) >= most:
                return found, "events.more"
        return found, "" if is_whole else "events.trimmed"


def _events(path: Path) -> Iterator[Event]:
    try:
        with gzip.open(path, "rb") as lines:
            for raw in lines:
                try:
                    yield decode(raw)
                except MalformedEvent:
                    continue
    except (FileNotFoundError, EOFError, gzip.BadGzipFile):
        return
