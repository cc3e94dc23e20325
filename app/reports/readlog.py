"""Event logs, JSONL or CSV -> events, one line at a time. A bad line is a finding; it loses nothing else."""

import csv
import gzip
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO, get_args

import msgspec

from app.domain.events.codec import shift_names
from app.domain.events.contract import Event
from app.domain.events.plausible import ends_first, too_early
from app.domain.plant.equipment import AmbiguousEquipment, Plant, UnknownEquipment

TIMES = ("t", "made_at", "from", "to", "due", "was", "said_at")
IDENTITY = ("source", "epoch", "seq")
MOST_SHOWN = 100
LATEST = 4_102_444_800_000
"""UTC ms of 2100-01-01: later times are a mistake, and calendars end somewhere."""
NOT_UTF_8 = "UTF-16, not UTF-8 text. Right: save the file as UTF-8"
SEPARATORS = (",", ";", "\t")
COLUMNS = frozenset(field.encode_name for kind in get_args(Event) for field in msgspec.structs.fields(kind)) | {"kind"}
"""Every field of the contract: what a CSV may name."""


class UnreadableLog(ValueError):
    """The log as a whole cannot be read; the text says what would be right."""


@dataclass(slots=True)
class Refused:
    """Lines that are no events: how many, and the first of them as (line number, reason)."""

    count: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, reason: str) -> None:
        """Note one line."""
        self.count += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append((number, reason))


class LogReader:
    """Reads one log for one plant. refused: what was no event, filled while reading.

    Lines without source, epoch and seq get the identity ("log", 0, place among the log's events); whether a log has
    them is decided by its first event, and a line that does otherwise is refused.
    """

    def __init__(self, path: Path, plant: Plant) -> None:
        self._path = path
        self._plant = plant
        self._places: dict[str, tuple[str, str]] = {}
        self._is_identified: bool | None = None
        self._read = 0
        self.refused = Refused()

    def events(self) -> Iterator[tuple[str, Event]]:
        """Yield (line path, event with the full machine path) in the log's order. Raises UnreadableLog."""
        is_csv = self._path.name.lower().removesuffix(".gz").endswith(".csv")
        for number, raw in self._csv() if is_csv else self._json():
            try:
                found = self._event(raw, strict=not is_csv)
            except (msgspec.ValidationError, UnknownEquipment, AmbiguousEquipment, ValueError) as error:
                self.refused.add(number, _reason(error))
            else:
                self._read += 1
                yield found

    def _json(self) -> Iterator[tuple[int, dict[str, object]]]:
        decoder = msgspec.json.Decoder(dict[str, object])
        try:
            with gzip.open(self._path) if self._path.suffix == ".gz" else self._path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if not line.strip():
                        continue
                    if number == 1 and line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                        raise UnreadableLog(f"{self._path}: {NOT_UTF_8}")
                    try:
                        yield number, decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
                    except (msgspec.DecodeError, UnicodeDecodeError) as error:
                        self.refused.add(number, f"no JSON object: {error}")
        except (OSError, EOFError) as error:
            raise UnreadableLog(f"{self._path}: {getattr(error, 'strerror', None) or error}") from error

    def _csv(self) -> Iterator[tuple[int, dict[str, object]]]:
        try:
            with self._text() as lines:
                first = lines.readline()
                if first.startswith("\ufffd\ufffd"):
                    raise UnreadableLog(f"{self._path}: {NOT_UTF_8}")
                separator = max(SEPARATORS, key=first.count)
                lines.seek(0)
                rows = csv.reader(lines, delimiter=separator)
                names = [name.strip().removeprefix("\ufeff") for name in next(rows, [])]
                if not {"kind", "machine", "t"} <= set(names):
                    raise UnreadableLog(
                        f"{self._path}: the first line must name the columns, at least kind, machine, t; "
                        f"it names {', '.join(names)[:200] or 'none'}"
                    )
                if unknown := set(names) - COLUMNS:
                    raise UnreadableLog(
                        f"{self._path}: unknown column {', '.join(sorted(unknown))[:200]}; "
                        f"there are {', '.join(sorted(COLUMNS))}"
                    )
                for row in rows:
                    if len(row) > len(names):
                        self.refused.add(rows.line_num, f"{len(row)} values for {len(names)} columns")
                    elif any(row):
                        yield rows.line_num, _cells(names, row, separator)
        except (OSError, EOFError) as error:
            raise UnreadableLog(f"{self._path}: {getattr(error, 'strerror', None) or error}") from error
        except csv.Error as error:
            raise UnreadableLog(f"{self._path}: line {rows.line_num}: {error}") from error

    def _text(self) -> TextIO:
        """Return the log as text, unpacked where it is packed."""
        if self._path.suffix == ".gz":
            return io.TextIOWrapper(gzip.open(self._path), encoding="utf-8-sig", newline="", errors="replace")
        return self._path.open(encoding="utf-8-sig", newline="", errors="replace")

    def _event(self, raw: dict[str, object], *, strict: bool) -> tuple[str, Event]:
        for name in TIMES:
            at = raw.get(name)
            if isinstance(at, str):
                at = raw[name] = instant(at, name)
            if isinstance(at, int) and at > LATEST:
                raise ValueError(f"{name} {at}: lies after the year 2100; right are UTC milliseconds")
            if isinstance(at, int) and (early := too_early(name, at)) is not None:
                raise ValueError(early)
        line, raw["machine"] = self._place(raw.get("machine"))
        has_identity = any(name in raw for name in IDENTITY)
        if not has_identity:
            raw |= {"source": "log", "epoch": 0, "seq": self._read}
        event: Event = msgspec.convert(raw, Event, strict=strict)
        if self._is_identified is None:
            self._is_identified = has_identity
        if has_identity is not self._is_identified:
            wanted = "with" if self._is_identified else "without"
            raise ValueError(f"the log began {wanted} source, epoch and seq; this line does otherwise")
        if (why := ends_first(event)) is not None:
            raise ValueError(why)
        return line, event

    def _place(self, name: object) -> tuple[str, str]:
        if not isinstance(name, str) or not name:
            raise ValueError("machine: must name a machine or line of the plant")
        if name not in self._places:
            line, machine = self._plant.resolve(name)
            self._places[name] = (line.path, line.path if machine is None else machine.path)
        return self._places[name]


def _cells(names: list[str], row: list[str], separator: str) -> dict[str, object]:
    """Return the cells that say something. Where `;` separates, a process value has a decimal comma."""
    found: dict[str, object] = {name: cell for name, cell in zip(names, row, strict=False) if cell != ""}
    if isinstance(shifts := found.get("shifts"), str):
        found["shifts"] = shift_names(shifts)
    value = found.get("value")
    if separator == ";" and isinstance(value, str) and value.count(",") == 1:
        found["value"] = value.replace(",", ".")
    return found


def instant(text: str, name: str) -> int:
    """Return UTC ms of `1782200000000` or of ISO 8601 with zone. Raises ValueError.

    >>> instant("2026-11-23T06:00:00+01:00", "t")
    1795410000000
    """
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"{name}={text[:40]!r}: must be UTC ms, or ISO 8601 with zone such as 2026-11-23T06:00:00Z")
    return round(at.timestamp() * 1000)


def _reason(error: Exception) -> str:
    named = isinstance(error, (UnknownEquipment, AmbiguousEquipment))
    return f"machine {error}"[:300] if named else str(error)[:300]
