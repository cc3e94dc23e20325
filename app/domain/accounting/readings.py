"""One reading of a machine's frames serves everything told at once: its own hours, and the line's."""

from collections.abc import Callable, Iterable, Iterator

from app.domain.accounting.tally import Frame
from app.domain.interval import HOUR_MS, Interval, floor_hour

Read = Callable[[str, Interval], list[Frame]]


class Readings:
    """Frames by machine and hour, valid while nothing is applied. read: frames of a machine in a window."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._held: dict[tuple[str, Interval], list[Frame]] = {}

    def ahead(self, machine: str, hours: Iterable[int]) -> None:
        """Read hours (starts, UTC ms, rising) that will be asked for, adjacent ones at once."""
        for stretch in stretches(hours):
            found = self._read(machine, stretch)
            for hour in range(stretch.start, stretch.end, HOUR_MS):
                self._held[machine, Interval(hour, hour + HOUR_MS)] = [f for f in found if floor_hour(f.start) == hour]

    def of(self, machine: str, window: Interval) -> list[Frame]:
        """Return the machine's frames in `window`."""
        held = self._held.get((machine, window))
        if held is None:
            held = self._held[machine, window] = self._read(machine, window)
        return held


def stretches(hours: Iterable[int]) -> Iterator[Interval]:
    """Yield adjacent hours (starts, UTC ms, rising) as one interval each."""
    start = end = None
    for hour in hours:
        if end != hour:
            if start is not None and end is not None:
                yield Interval(start, end)
            start = hour
        end = hour + HOUR_MS
    if start is not None and end is not None:
        yield Interval(start, end)
