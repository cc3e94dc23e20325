"""Is a source's clock right? Judged by its live events against their arrival at the server (DOMAIN section 4).

A gateway that catches up looks late too, but less and less so: only an offset that stays the same is a clock's.
"""

from collections import deque
from dataclasses import dataclass, field

TOLERATED_MS = 5_000
STEADY_MS = 2_000
SAMPLES = 5
SAMPLE_EVERY_MS = 1_000
TELL_EVERY_MS = 60_000


@dataclass(slots=True)
class _Seen:
    offsets: deque[int] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    sampled_at: int = -SAMPLE_EVERY_MS
    told_at: int = -TELL_EVERY_MS


class SourceClocks:
    """Watches the clocks of the sources of one line. Mutable; forgetting it costs five seconds of watching."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def sample(self, source: str, t: int, arrived: int) -> int | None:
        """Take one live event: time at the source and of arrival, UTC ms.

        Returns the measured offset in ms (positive: the source is ahead) when the last five samples, a second apart,
        agree that it is off by more than 5 s, at most once a minute; else None.
        """
        seen = self._seen.setdefault(source, _Seen())
        if arrived - seen.sampled_at < SAMPLE_EVERY_MS:
            return None
        seen.sampled_at = arrived
        seen.offsets.append(t - arrived)
        if len(seen.offsets) < SAMPLES or arrived - seen.told_at < TELL_EVERY_MS:
            return None
        low, high = min(seen.offsets), max(seen.offsets)
        if high - low > STEADY_MS or (low <= TOLERATED_MS and high >= -TOLERATED_MS):
            return None
        seen.told_at = arrived
        return sorted(seen.offsets)[SAMPLES // 2]
