"""Files that a legacy system drops into a folder: each is read once and moved away; what was wrong is kept beside.

A file is told in pieces, each with the place behind it: they are kept together or not at all, so that after a kill the
rest of a file is told and nothing of it twice.
"""

import asyncio
import csv
import gzip
import os
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import structlog

from app.domain.plant.equipment import Source
from gateways.addresses import of_words
from gateways.base import Away, Hear, Offer, Sample
from gateways.folder.rows import BadRow, Form, Refused, samples_of
from gateways.mapping import WORDS
from gateways.options import Keys

KEYS = frozenset(
    {"path", "mapping", "owner", "delimiter", "decimal", "encoding", "timezone", "settle", "poll", "alive"}
)  # fmt: skip
ENDS = (".csv", ".jsonl", ".csv.gz", ".jsonl.gz")
LONGEST_MS = 3_600_000
PIECE = 1_000
MOST_BYTES = 256 << 20
DONE, REFUSED, PART = "done", "refused", ".part"
ALIVE_S = 3.0
UNREADABLE = (OSError, EOFError, ValueError, zlib.error)
log = structlog.get_logger("lineside.gateway")


class FolderOptions(msgspec.Struct, frozen=True):
    """What the plant file says. settle_s: a file that has not grown for so long is whole.

    is_alive: the folder itself is a sign of life. leading: addresses told before others of the same moment.
    """

    path: Path
    form: Form
    encoding: str
    settle_s: float
    poll_s: float
    is_alive: bool
    leading: frozenset[str]


class Place(msgspec.Struct, frozen=True):
    """How many samples of which very file were told. file: its name, size and time of change."""

    file: tuple[str, int, int]
    told: int


def make(source: Source) -> "FolderGateway":
    """Return the gateway of a source. Raises BadSource naming the key."""
    keys = Keys(source, KEYS)
    path = keys.text("path")
    if path is None:
        raise keys.wrong("path", "must be the folder that files are dropped into")
    name, zone, encoding = keys.text("timezone"), None, keys.text("encoding") or "utf-8-sig"
    try:
        zone = None if name is None else ZoneInfo(name)
        "".encode(encoding)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise keys.wrong("timezone", f"must be such as Europe/Berlin, is {name!r}") from error
    except LookupError as error:
        raise keys.wrong("encoding", f"must be such as utf-8 or cp1252, is {encoding!r}") from error
    delimiter = keys.text("delimiter") or ","
    if len(delimiter) != 1:
        raise keys.wrong("delimiter", f"must be one character, is {delimiter!r}")
    decimal = keys.word("decimal", (".", ","))
    if decimal == delimiter:
        raise keys.wrong("delimiter", f"must be another character than `decimal`; both are {decimal!r}")
    form = Form(delimiter, decimal, zone, of_words(source, WORDS))
    settle, poll = keys.milliseconds("settle", 2_000, LONGEST_MS), keys.milliseconds("poll", 1_000, LONGEST_MS)
    is_alive, leading = keys.word("alive", ("false", "true")) == "true", of_words(source, ("reason", "product"))
    return FolderGateway(FolderOptions(Path(path), form, encoding, settle / 1000, poll / 1000, is_alive, leading))


class FolderGateway:
    """Reads a folder. It is no sign of life of a machine: an export that does not come says nothing at all."""

    def __init__(self, options: FolderOptions) -> None:
        self._options = options
        self._seen: dict[str, tuple[int, float]] = {}
        self._parts: dict[str, int] = {}
        self._at: Place | None = None

    def go_on(self, place: str) -> None:
        """Go on in the file an earlier process was telling; a place that cannot be read is as if there were none."""
        try:
            self._at = msgspec.json.decode(place, type=Place)
        except msgspec.MsgspecError:
            log.warning("the place to go on at cannot be read", place=place)

    async def listen(self, hear: Hear) -> None:
        """Take files as they come. Raises Away when the folder is not there."""
        heard_at = 0.0
        while True:
            for file in self._whole():
                await self._take(file, hear)
                heard_at = time.monotonic()
            if self._options.is_alive and time.monotonic() - heard_at >= ALIVE_S:
                hear([])
                heard_at = time.monotonic()
            await asyncio.sleep(self._options.poll_s)

    async def browse(self, limit: int) -> list[Offer]:
        """Return the addresses in the files that wait and in the newest that were taken, with their last values."""
        folder = self._options.path
        files = sorted([*self._files(folder), *self._files(folder / DONE)], key=lambda f: f.stat().st_mtime)[-10:]
        found: dict[str, Offer] = {}
        for file in files:
            try:
                for told in self._rows(file):
                    for sample in told if isinstance(told, list) else ():
                        found[sample.address] = Offer(sample.address, value=sample.value, meaning=file.name)
            except UNREADABLE:
                continue
        return list(found.values())[:limit]

    def _whole(self) -> list[Path]:
        """Return the files that do not grow any more or were renamed into place, oldest first. Raises Away."""
        if not os.access(self._options.path, os.R_OK | os.W_OK | os.X_OK) or not self._options.path.is_dir():
            raise Away(f"the folder {self._options.path} is not there, or we may not read and write in it")
        # Halves are looked at before the files: one that is renamed in between is in one of the two looks.
        halves = self._halves()
        now, files, whole = time.monotonic(), self._files(self._options.path), []
        self._seen = {name: seen for name, seen in self._seen.items() if name in {f.name for f in files}}
        for file in files:
            found = file.stat()
            before = self._seen.get(file.name)
            if before is None and found.st_ino in (self._parts.get(file.name), halves.get(file.name)):
                whole.append(file)
            elif before is None or before[0] != found.st_size:
                self._seen[file.name] = (found.st_size, now)
            elif now - before[1] >= self._options.settle_s:
                whole.append(file)
        self._parts = halves
        return sorted(whole, key=lambda file: (file.stat().st_mtime_ns, file.name))

    def _halves(self) -> dict[str, int]:
        """Return the files somebody still writes under another name: the name they will have, and which file it is."""
        found: dict[str, int] = {}
        for half in self._options.path.glob(f"*{PART}"):
            with suppress(FileNotFoundError):
                found[half.name.removesuffix(PART)] = half.stat().st_ino
        return found

    def _files(self, folder: Path) -> list[Path]:
        return [f for f in folder.iterdir() if f.name.lower().endswith(ENDS) and f.is_file()] if folder.is_dir() else []

    async def _take(self, file: Path, hear: Hear) -> None:
        """Tell a file's rows by time, keep what is wrong with them beside it, and move it away."""
        try:
            rows = await asyncio.to_thread(lambda: list(self._rows(file)))
        except UNREADABLE as error:
            self._refuse(file, str(error))
            return
        refused = [row for row in rows if isinstance(row, Refused)]
        samples = [sample for row in rows if isinstance(row, list) for sample in row]
        samples.sort(key=lambda s: (s.t, s.address not in self._options.leading))
        identity = _identity(file)
        at = self._at.told if self._at is not None and self._at.file == identity else 0
        while at < len(samples):
            place = Place(identity, min(at + PIECE, len(samples)))
            hear(samples[at : place.told], msgspec.json.encode(place).decode())
            self._at, at = place, place.told
            await asyncio.sleep(0)
        if refused:
            self._keep(file, refused)
        self._move(file, DONE)
        self._at = None
        log.info("a file was taken", file=file.name, rows=len(rows), refused=len(refused))

    def _rows(self, file: Path) -> Iterator[list[Sample] | Refused]:
        opened = gzip.open if file.suffix.lower() == ".gz" else open
        with opened(file, "rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise BadRow(f"is larger than {MOST_BYTES >> 20} MB: export it in parts")
        yield from samples_of(file.name, raw.decode(self._options.encoding), self._options.form)

    def _refuse(self, file: Path, why: str) -> None:
        self._write(f"{REFUSED}/{file.name}.why.txt", f"{why}\n")
        self._move(file, REFUSED)
        log.error("a file cannot be read", file=file.name, why=why)

    def _keep(self, file: Path, refused: Sequence[Refused]) -> None:
        target = self._free(file, REFUSED, f"{file.name}.rows.csv")
        with target.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(Refused._fields)
            writer.writerows(refused)
        log.warning("rows of a file were refused", file=file.name, rows=len(refused), first=refused[0].why)

    def _move(self, file: Path, where: str) -> None:
        """Move a file away; one of the same name from before is kept."""
        file.replace(self._free(file, where, file.name))

    def _free(self, file: Path, where: str, name: str) -> Path:
        target = self._options.path / where / name
        target.parent.mkdir(exist_ok=True)
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return target.with_name(f"{at:%Y%m%dT%H%M%S%f}-{name}") if target.exists() else target

    def _write(self, name: str, text: str) -> None:
        target = self._options.path / name
        target.parent.mkdir(exist_ok=True)
        half = target.with_name(f"{target.name}.part")
        half.write_text(text, encoding="utf-8")
        half.replace(target)


def _identity(file: Path) -> tuple[str, int, int]:
    found = file.stat()
    return file.name, found.st_size, found.st_mtime_ns
