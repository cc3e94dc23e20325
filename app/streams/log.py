"""The event log: append, read from a position, trim, ask how far behind. One Redis stream per line.

Positions are entry ids as bytes; `START` is before everything. Reading skips redis-py's response callback (it would
build a dict per entry) and asks for many lines in one round trip.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.events import streams
from app.streams.connection import Client, asking

START = b"0-0"
_LAST = b"%d-0" % (1 << 63)
APPEND_CHUNK = 2_000
FIELD = streams.FIELD.encode()


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one line in stream order: the raw events, their entry ids, and where to read on."""

    raws: list[bytes]
    ids: list[bytes]

    @property
    def last(self) -> bytes:
        """Position after this batch. A batch is never empty."""
        return self.ids[-1]


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A stream's size and ends; ids are 0-0 when it is empty or missing."""

    length: int
    first: bytes
    last: bytes


class LineLog:
    """Reads and writes the events of lines. Every call is one round trip and may raise ServerAway."""

    def __init__(self, client: Client) -> None:
        client.set_response_callback("XREAD", _as_it_came)
        self._client = client

    def append(self, line: str, raw: bytes) -> bytes:
        """Append one event and return its entry id; it is kept when this returns."""
        with asking():
            return bytes(self._client.xadd(streams.events(line), {FIELD: raw}))

    def append_many(self, line: str, raws: Iterable[bytes]) -> list[bytes]:
        """Append events in order; a kill in between leaves a prefix. Returns their entry ids."""
        rows, ids = list(raws), []
        key = streams.events(line)
        for at in range(0, len(rows), APPEND_CHUNK):
            pipeline = self._client.pipeline(transaction=False)
            for raw in rows[at : at + APPEND_CHUNK]:
                pipeline.execute_command("XADD", key, "*", FIELD, raw)
            with asking():
                ids += pipeline.execute()
        return ids

    def read(self, positions: Mapping[str, bytes], count: int) -> dict[str, Batch]:
        """Return up to `count` entries after each line's position; lines without news are left out."""
        if not positions:
            return {}
        pipeline = self._client.pipeline(transaction=False)
        for line, position in positions.items():
            pipeline.execute_command(*reading(line, position, count))
        with asking():
            answers = pipeline.execute()
        return {line: batch_of(answer) for line, answer in zip(positions, answers, strict=True) if answer}

    def info(self, line: str) -> StreamInfo:
        """Return the size and ends of the line's event stream."""
        return self._info(streams.events(line))

    def facts_info(self, line: str) -> StreamInfo:
        """Return the size and ends of the line's facts stream."""
        return self._info(streams.facts(line))

    def was_trimmed(self, line: str) -> bool:
        """Whether events of the line were dropped: the stream is not whole."""
        with asking():
            if not self._client.exists(streams.events(line)):
                return False
            said = self._client.xinfo_stream(streams.events(line))
        return int(said["entries-added"]) != int(said["length"])

    def _info(self, key: str) -> StreamInfo:
        with asking():
            length = self._client.xlen(key)
            ends = [self._client.xrange(key, count=1), self._client.xrevrange(key, count=1)]
        first, last = (bytes(found[0][0]) if found else START for found in ends)
        return StreamInfo(int(length), first, last)

    def trim(self, line: str, committed: bytes, older_than: int) -> int:
        """Drop events older than `older_than` (UTC ms of arrival) that are also behind `committed`; returns how many.

        Trims whole blocks only, so that trimming costs next to nothing: some older entries stay.
        """
        return self._trim(streams.events(line), committed, older_than)

    def trim_refused(self, line: str, older_than: int) -> int:
        """Drop refused events that were put aside before `older_than`: by now they would be refused as too old."""
        return self._trim(streams.quarantine(line), _LAST, older_than)

    def facts_taken(self, line: str, committed: bytes, older_than: int) -> int:
        """Note that history holds the facts up to `committed`; drop those of them older than `older_than`."""
        with asking():
            self._client.set(streams.history(line), committed)
        return self._trim(streams.facts(line), committed, older_than)

    def in_history(self, line: str) -> bytes:
        """Return up to which entry history holds the line's facts, as the historian said last; START: never."""
        with asking():
            found = self._client.get(streams.history(line))
        return START if found is None else bytes(found)

    def archived(self, line: str, entry: bytes) -> None:
        """Note that the archive holds the events up to `entry`."""
        with asking():
            self._client.set(streams.archived(line), entry)

    def in_archive(self, line: str) -> bytes | None:
        """Return up to which entry the archive holds the line's events, as was said last; None: no archive is kept."""
        with asking():
            found = self._client.get(streams.archived(line))
        return None if found is None else bytes(found)

    def _trim(self, key: str, committed: bytes, older_than: int) -> int:
        border = min(entry_key(committed), (max(older_than, 0), 0))
        with asking():
            return int(self._client.xtrim(key, minid=f"{border[0]}-{border[1]}", approximate=True))


def entry_key(entry: bytes) -> tuple[int, int]:
    """Return an entry id as (UTC ms of arrival, sequence): comparable."""
    ms, _, seq = entry.partition(b"-")
    return int(ms), int(seq or 0)


def entry_ms(entry: bytes) -> int:
    """Return when an entry arrived at the server, UTC ms by the server's clock."""
    return int(entry.partition(b"-")[0])


def _as_it_came(response: object, **_: object) -> object:
    return response


def reading(line: str, position: bytes, count: int) -> tuple[object, ...]:
    """Return the command that asks for up to `count` entries of a line after a position."""
    return ("XREAD", "COUNT", count, "STREAMS", streams.events(line), position)


def batch_of(answer: Sequence[Sequence[object]]) -> Batch:
    """Return what XREAD answered for one line. An entry without our field is kept whole: it will be refused."""
    entries: Sequence[Any] = answer[0][1]  # type: ignore[assignment]
    ids, contents = zip(*entries, strict=True)
    return Batch(_plain(contents) or [_raw(content) for content in contents], list(ids))


def _plain(contents: Sequence[Any]) -> list[bytes] | None:
    """Return the events of entries that are all as we write them, in few calls (the hot path); None: they are not."""
    if type(contents[0]) is not list:  # a cluster's nodes use redis-py's own callback
        return None
    try:
        names, raws = zip(*contents, strict=True)
    except ValueError:
        return None
    return list(raws) if names.count(FIELD) == len(names) else None


def _raw(content: Mapping[bytes, bytes] | Sequence[bytes]) -> bytes:
    if isinstance(content, Mapping):
        return content[FIELD] if FIELD in content else b" ".join(part for pair in content.items() for part in pair)
    pairs = dict(zip(content[::2], content[1::2], strict=False))
    return pairs.get(FIELD, b" ".join(content))
