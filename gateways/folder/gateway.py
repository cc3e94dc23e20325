"""Files that a legacy system drops into a folder: each is read once and moved away; what was wrong is kept beside.

A file is told in pieces, and how far is written down after each: a kill in between tells at most the last piece again.
Running totals lose and gain nothing by that.
"""

import asyncio
import csv
import gzip
import json
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import structlog

from app.domain.plant.equipment import Source
from gateways.base import Away, Hear, Offer, Sample
from gateways.folder.rows import BadRow, Form, Refused, samples_of
from gateways.options import Keys

KEYS = frozenset(
    {"path", "mapping", "owner", "delimiter", "decimal", "encoding", "timezone", "settle", "poll"}
)  # fmt: skip
ENDS = (".csv", ".jsonl", ".csv.gz", ".jsonl.gz")
LONGEST_MS = 3_600_000
PIECE = 1_000
MOST_BYTES = 256 << 20
DONE, REFUSED, TAKEN = "done", "refused", ".taken.json"
log = structlog.get_logger("lineside.gateway")


class FolderOptions(msgspec.Struct, frozen=True):
    """What the plant file says. settle_s: a file that has not grown for so long is whole."""

    path: Path
    form: Form
    encoding: str
    settle_s: float
    poll_s: float


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
    form = Form(delimiter, decimal, zone)
    settle, poll = keys.milliseconds("settle", 2_000, LONGEST_MS), keys.milliseconds("poll", 1_000, LONGEST_MS)
    return FolderGateway(FolderOptions(Path(path), form, encoding, settle / 1000, poll / 1000))


class FolderGateway:
    """Reads a folder. It is no sign of life of a machine: an export that does not come says nothing at all."""

    def __init__(self, options: FolderOptions) -> None:
        self._options = options
        self._seen: dict[str, tuple[int, float]] = {}

    async def listen(self, hear: Hear) -> None:
        """Take files as they come. Raises Away when the folder is not there."""
        while True:
            for file in self._whole():
                self._take(file, hear)
                await asyncio.sleep(0)
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
            except (OSError, ValueError):
                continue
        return list(found.values())[:limit]

    def _whole(self) -> list[Path]:
        """Return the files that do not grow any more, oldest first."""
        if not self._options.path.is_dir():
            raise Away(f"the folder {self._options.path} is not there, or may not be read")
        now, files, whole = time.monotonic(), self._files(self._options.path), []
        self._seen = {name: seen for name, seen in self._seen.items() if name in {f.name for f in files}}
        for file in files:
            size = file.stat().st_size
            before = self._seen.get(file.name)
            if before is None or before[0] != size:
                self._seen[file.name] = (size, now)
            elif now - before[1] >= self._options.settle_s:
                whole.append(file)
        return sorted(whole, key=lambda file: (file.stat().st_mtime_ns, file.name))

    def _files(self, folder: Path) -> list[Path]:
        return [f for f in folder.iterdir() if f.name.endswith(ENDS) and f.is_file()] if folder.is_dir() else []

    def _take(self, file: Path, hear: Hear) -> None:
        """Tell a file's rows, keep what is wrong with them beside it, and move it away."""
        told, skip, refused = 0, self._taken(file), []
        piece: list[Sample] = []
        rows = self._rows(file)
        while True:
            try:
                row = next(rows, None)
            except (OSError, EOFError, ValueError, zlib.error) as error:
                self._refuse(file, str(error))
                return
            if row is None:
                break
            told += 1
            if isinstance(row, Refused):
                refused.append(row)
            elif told > skip:
                piece += row
            if len(piece) >= PIECE:
                self._tell(file, piece, told, hear)
                piece = []
        self._tell(file, piece, told, hear)
        if refused:
            self._keep(file, refused)
        self._move(file, DONE)
        log.info("a file was taken", file=file.name, rows=told, refused=len(refused))

    def _tell(self, file: Path, piece: Sequence[Sample], told: int, hear: Hear) -> None:
        if piece:
            hear(piece)
        self._write(TAKEN, json.dumps({"file": self._identity(file), "rows": told}))

    def _rows(self, file: Path) -> Iterator[list[Sample] | Refused]:
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise BadRow(f"is larger than {MOST_BYTES >> 20} MB: export it in parts")
        yield from samples_of(file.name, raw.decode(self._options.encoding), self._options.form)

    def _taken(self, file: Path) -> int:
        """Return how many rows of this very file were told before a restart."""
        try:
            said = json.loads((self._options.path / TAKEN).read_text(encoding="utf-8"))
            return int(said["rows"]) if said["file"] == self._identity(file) else 0
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _identity(self, file: Path) -> list[str | int]:
        found = file.stat()
        return [file.name, found.st_size, found.st_mtime_ns]

    def _refuse(self, file: Path, why: str) -> None:
        self._write(f"{REFUSED}/{file.name}.why.txt", f"{why}\n")
        self._move(file, REFUSED)
        log.error("a file cannot be read", file=file.name, why=why)

    def _keep(self, file: Path, refused: Sequence[Refused]) -> None:
        target = self._options.path / REFUSED / f"{file.name}.rows.csv"
        target.parent.mkdir(exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(Refused._fields)
            writer.writerows(refused)
        log.warning("rows of a file were refused", file=file.name, rows=len(refused), first=refused[0].why)

    def _move(self, file: Path, where: str) -> None:
        """Move a file away; one of the same name from before is kept."""
        folder = self._options.path / where
        folder.mkdir(exist_ok=True)
        target = folder / file.name
        if target.exists():
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            target = folder / f"{at:%Y%m%dT%H%M%S%f}-{file.name}"
        file.replace(target)

    def _write(self, name: str, text: str) -> None:
        target = self._options.path / name
        target.parent.mkdir(exist_ok=True)
        half = target.with_name(f"{target.name}.part")
        half.write_text(text, encoding="utf-8")
        half.replace(target)
