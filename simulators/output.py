"""Where events go: a port, files behind it, and a patient sender in front of it."""

from collections.abc import Callable, Sequence
from typing import BinaryIO, Protocol

from app.domain.events import codec
from simulators.world import Spoken

BATCH = 500
LOOK_EVERY = 8
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0


class OutletAway(ConnectionError):
    """The outlet takes nothing at the moment; the same batch may be offered again."""


Raw = tuple[str, bytes]


class Outlet(Protocol):
    """Where events are written."""

    def send(self, raws: Sequence[Raw]) -> None:
        """Write (line's path, event) in order. Raises OutletAway; part of the batch may have been taken then."""

    def behind(self) -> int:
        """Return the ms by which readers lag behind what was written; 0 when nobody reads. Raises OutletAway."""


class Lines:
    """Events as JSONL on an open binary file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def send(self, raws: Sequence[Raw]) -> None:
        """Write one event a line; the line's path is in every event."""
        self._file.write(b"".join(raw + b"\n" for _, raw in raws))

    def behind(self) -> int:
        """Nobody reads a file behind our back: 0."""
        return 0


class Sender:
    """Sends in batches and waits while the outlet is away, or readers are too far behind: nothing is dropped.

    wait: sleeps that many seconds; returns True when the process should stop. most_behind: ms the readers may lag
    before the sender pauses; rate: events a second at most; 0: no limit.
    """

    def __init__(self, outlet: Outlet, wait: Callable[[float], bool], *, most_behind: int = 0, rate: int = 0) -> None:
        self._outlet, self._wait, self._most_behind, self._rate = outlet, wait, most_behind, rate
        self.sent = self._batches = 0

    def send(self, spoken: Sequence[Spoken]) -> bool:
        """Send all of it, in order. False when asked to stop before the end."""
        for at in range(0, len(spoken), BATCH):
            raws = [(line, codec.encode(event)) for line, event in spoken[at : at + BATCH]]
            if not self._patiently(raws):
                return False
            self._batches += 1
            if not self._breathe():
                return False
        return True

    def _patiently(self, raws: list[Raw]) -> bool:
        """Offer a batch until it is taken. One that broke half-way comes twice: same identities, counted once."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                self._outlet.send(raws)
            except OutletAway:
                if self._wait(pause):
                    return False
                pause = min(LONGEST_PAUSE_S, pause * 2)
                continue
            self.sent += len(raws)
            return True

    def _breathe(self) -> bool:
        if self._rate and self._wait(BATCH / self._rate):
            return False
        if not self._most_behind or self._batches % LOOK_EVERY:
            return True
        while self._behind() > self._most_behind:
            if self._wait(FIRST_PAUSE_S / 2):
                return False
        return True

    def _behind(self) -> int:
        try:
            return self._outlet.behind()
        except OutletAway:
            return 0
