"""Store and forward: everything heard is on disk before it is sent, and leaves the disk when the stream has it.

Files of lines `line-path TAB event`, numbered; a small file beside them notes how far was sent. Identity is given here:
the epoch is made once with the folder, seq rises by one per line. So what is sent again after a kill is recognised as
sent before. When the bound is reached the oldest file goes, loudly: its events are a gap that the engine shows. So are
events that a full disk did not take: nothing of them stays in the file, their numbers are used up.

A source's place (where to ask it to go on) stands before the events it covers, as a line `TAB number-of-events TAB
place`, in the same write: a kill leaves all of it or nothing, so no event is heard twice and none is passed over.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from app.domain.events.codec import encode
from gateways.mapping import Told, numbered

SEGMENT_BYTES = 8 << 20
SYNC_BYTES = 256 << 10
PLACE = "place.json"
log = structlog.get_logger("lineside.gateway")


class _Numbered(msgspec.Struct):
    seq: int


_number_of = msgspec.json.Decoder(_Numbered)


def _newest(rows: Iterable[tuple[str, bytes]]) -> dict[str, int]:
    """Return the number of each line's last event."""
    return {line: _number_of.decode(raw).seq for line, raw in dict(rows).items()}


class Place(msgspec.Struct):
    """How far was sent: file, bytes of it; seqs: the number of each line's last event up to there; dropped: events.

    heard: the source's place up to there.
    """

    epoch: int
    file: int = 0
    at: int = 0
    seqs: dict[str, int] = msgspec.field(default_factory=dict)
    dropped: int = 0
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Events to be sent next, in order, as (line, raw); where the next piece begins, and the source's place there."""

    rows: list[tuple[str, bytes]]
    file: int
    at: int
    heard: str | None = None


class Spool:
    """One source's folder. sync: after every append, or (False) after so many bytes and once a second by `sync()`.

    heard: the source's place behind everything that was kept, None where it has none.
    """

    def __init__(self, folder: Path, now: int, *, most_bytes: int, sync: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._most_bytes, self._sync = folder, most_bytes, sync
        self._place = self._read_place(now)
        self._seqs = dict(self._place.seqs)
        self.heard = self._place.heard
        self._files = sorted(int(path.stem) for path in folder.glob("*.spool"))
        self._recover()
        self._number = self._files[-1] if self._files else self._place.file + 1
        self._out = self._open(self._number)
        self._unsynced = 0

    def _read_place(self, now: int) -> Place:
        try:
            return msgspec.json.decode((self._folder / PLACE).read_bytes(), type=Place)
        except FileNotFoundError:
            place = Place(epoch=now)
            self._write_place(place)
            return place

    def _recover(self) -> None:
        """Count on from what is on disk; what was half written last is cut off."""
        for number in self._files:
            path = self._path(number)
            data = path.read_bytes()
            whole = data[: _whole(data)]
            if len(whole) < len(data):
                os.truncate(path, len(whole))
            start = self._place.at if number == self._place.file else 0
            if number >= self._place.file:
                rows, heard = _sorted(whole[start:].splitlines())
                self._seqs |= _newest(rows)
                self.heard = heard or self.heard

    def append(self, told: Sequence[Told], heard: str | None = None) -> None:
        """Keep events; they are on disk as far as `sync` says when this returns.

        An event's `seq` says how many numbers are left out before it. heard: the source's place behind them, one line.
        Raises OSError (disk full): then none of them is kept, nor the place.
        """
        rows = [] if heard is None else [b"\t%d\t%s\n" % (len(told), heard.encode())]
        for line, event in told:
            self._seqs[line] = seq = self._seqs.get(line, 0) + 1 + event.seq
            rows.append(line.encode() + b"\t" + encode(numbered(event, self._place.epoch, seq)) + b"\n")
        data = b"".join(rows)
        self._write(data)
        self.heard = heard or self.heard
        self._unsynced += len(data)
        if self._sync or self._unsynced >= SYNC_BYTES:
            self.sync()
        if os.fstat(self._out.fileno()).st_size >= SEGMENT_BYTES:
            self._roll()

    def _write(self, data: bytes) -> None:
        size = os.fstat(self._out.fileno()).st_size
        try:
            while data:
                data = data[self._out.write(data) :]
        except OSError:
            self._out.truncate(size)
            raise

    def sync(self) -> None:
        """Bring what was written to the disk itself."""
        if self._unsynced:
            os.fsync(self._out.fileno())
            self._unsynced = 0

    def _roll(self) -> None:
        self.sync()
        full, self._out = self._out, self._open(self._number + 1)
        full.close()
        self._number += 1
        while len(self._files) > 2 and self.bytes() > self._most_bytes:
            self._drop()

    def _drop(self) -> None:
        """Let the oldest file go; what of it was not sent is a gap, and said."""
        number = self._files.pop(0)
        path = self._path(number)
        start = self._place.at if number == self._place.file else 0
        lost, heard = _sorted(path.read_bytes()[start:].splitlines() if number >= self._place.file else [])
        self._place.seqs |= _newest(lost)
        self._place.heard = heard or self._place.heard
        path.unlink()
        if lost:
            self._place.dropped += len(lost)
            self._place.file, self._place.at = self._files[0], 0
            self._write_place(self._place)
            log.error("the spool is full: the oldest events are dropped", folder=str(self._folder), events=len(lost))

    def next(self, most: int) -> Piece | None:
        """Return the oldest events that were not sent, at most `most`; None when there are none."""
        for number in self._files:
            if number < self._place.file:
                continue
            start = self._place.at if number == self._place.file else 0
            piece = self._read(number, start, most)
            if piece.rows:
                return piece
        return None

    def _read(self, number: int, start: int, most: int) -> Piece:
        found: list[bytes] = []
        at, events = start, 0
        with self._path(number).open("rb") as data:
            data.seek(start)
            while events < most and (row := data.readline()).endswith(b"\n"):
                found.append(row[:-1])
                at += len(row)
                events += not row.startswith(b"\t")
        rows, heard = _sorted(found)
        return Piece(rows, number, at, heard)

    def sent(self, piece: Piece) -> None:
        """Note that a piece is on the stream; files that are sent whole are removed."""
        if piece.file < self._place.file:
            return
        self._place.seqs |= _newest(piece.rows)
        self._place.file, self._place.at = piece.file, piece.at
        self._place.heard = piece.heard or self._place.heard
        self._write_place(self._place)
        while self._files and self._files[0] < self._place.file:
            self._path(self._files.pop(0)).unlink(missing_ok=True)

    def bytes(self) -> int:
        """Bytes on disk, sent ones of the oldest file included."""
        return sum(self._path(number).stat().st_size for number in self._files)

    def waiting(self) -> int:
        """Events that were not sent."""
        return sum(self._seqs.values()) - sum(self._place.seqs.values())

    @property
    def dropped(self) -> int:
        """Events dropped unsent since the folder was made."""
        return self._place.dropped

    def close(self) -> None:
        """Write out everything."""
        self.sync()
        self._out.close()

    def _open(self, number: int):  # type: ignore[no-untyped-def]
        if number not in self._files:
            self._files.append(number)
        return self._path(number).open("ab", buffering=0)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012d}.spool"

    def _write_place(self, place: Place) -> None:
        fresh = self._folder / f"{PLACE}.new"
        with fresh.open("wb") as out:
            out.write(msgspec.json.encode(place))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._folder / PLACE)


def _sorted(lines: Iterable[bytes]) -> tuple[list[tuple[str, bytes]], str | None]:
    """Return the events of a file's lines as (line, raw), and the last place among them."""
    rows: list[tuple[str, bytes]] = []
    heard = None
    for row in lines:
        line, _, raw = row.partition(b"\t")
        if line:
            rows.append((line.decode(), raw))
        else:
            heard = raw.partition(b"\t")[2].decode()
    return rows, heard


def _whole(data: bytes) -> int:
    """Return how many bytes of a file are whole: no half line, no place whose events are not all there."""
    end = data.rfind(b"\n") + 1
    at = 0 if data.startswith(b"\t") else -1
    at = max(at, data.rfind(b"\n\t", 0, end) + 1 or -1)
    if at < 0:
        return end
    events = int(data[at:end].split(b"\t", 2)[1])
    return end if data.count(b"\n", at, end) > events else at
