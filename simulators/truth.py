"""What really happened, written beside the events: the judge of detectors and of every total downstream.

One record per line of JSON (`what` tells the kind). Times are UTC milliseconds, stretches half-open, units integers of
the product's resolution. Per machine the `state` records follow one another without gap or overlap and cover the
simulated window exactly.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="what", gc=False):
    """What every record has: the machine's or line's path it is about."""

    machine: str


class StateTruth(Record, frozen=True, tag="state", rename={"from_": "from"}):
    """The machine really was in `state` during [from, to): run, stop, setup, starved, blocked or planned.

    reason: what really caused it, whether or not the machine said so. cause: the neighbour that starved or blocked it.
    """

    from_: int
    to: int
    state: str
    reason: str | None = None
    cause: str | None = None


class MadeTruth(Record, frozen=True, tag="made", rename={"from_": "from"}):
    """Units really made during [from, to), of one product and order."""

    from_: int
    to: int
    good: int
    reject: int
    product: str
    order: str


class LateTruth(Record, frozen=True, tag="late"):
    """Units counted by `made_at` were found bad, or saved, and that was said at `t`: increments to `made`."""

    t: int
    made_at: int
    good: int
    reject: int
    rework: int


class FaultTruth(Record, frozen=True, tag="fault", rename={"from_": "from"}):
    """An injected fault: `wear` (ends in a breakdown), `drift` (rejects climb), `chronic` (jams after a change-over).

    onset: when it began to be visible in `signal` (None: never visible). failure: when the machine broke down or the
    rejects passed 3 %. Judge a warning by onset <= warning < failure.
    """

    fault: str
    reason: str | None
    failure: int
    onset: int | None = None
    signal: str | None = None


class OrderTruth(Record, frozen=True, tag="order", rename={"from_": "from"}):
    """A production order really ran during [from, to)."""

    order: str
    product: str
    quantity: int
    from_: int
    to: int
    due: int


class DrainTruth(Record, frozen=True, tag="drain"):
    """Units taken out of the buffer behind `machine` at a change-over: neither good nor reject of the next one."""

    t: int
    units: float


class DirtTruth(Record, frozen=True, tag="dirt"):
    """A fault put into the source, not into the machine: the events are wrong, the truth is not."""

    t: int
    source: str
    fault: str
    seq: int
    detail: str = ""


Truth = StateTruth | MadeTruth | LateTruth | FaultTruth | OrderTruth | DrainTruth | DirtTruth


class Book(Protocol):
    """Where the truth is written."""

    def add(self, record: Truth) -> None:
        """Keep one record."""


class Nowhere:
    """A book nobody reads: for the live demo, which runs for weeks."""

    def add(self, record: Truth) -> None:
        """Forget the record."""


class Memory:
    """A book in memory: for tests and the summary."""

    def __init__(self) -> None:
        self.records: list[Truth] = []

    def add(self, record: Truth) -> None:
        """Keep one record."""
        self.records.append(record)


class TruthFile:
    """A book as JSONL, written record by record; a kill leaves at most one line cut short."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._encode = msgspec.json.Encoder().encode

    def add(self, record: Truth) -> None:
        """Append one record."""
        self._file.write(self._encode(record) + b"\n")

    def close(self) -> None:
        """Write what is buffered and let go of the file."""
        self._file.close()


def read(path: Path) -> Iterator[Truth]:
    """Yield the records of a truth file in the order in which they ended. Raises msgspec.DecodeError."""
    decoder: msgspec.json.Decoder[Truth] = msgspec.json.Decoder(Truth)
    with path.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)
