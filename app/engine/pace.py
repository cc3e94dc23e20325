"""When something is due again: commits, leases, health; by the clock they are asked with."""

BEHIND_SHARE = 4
"""While behind, reading gets at least so many times the time of committing."""


class Pace:
    """When to commit: every tick; while behind, seldom enough that committing costs at most a fifth of the time.

    The first time it is asked a commit is due at once, unless there is a backlog: its first batch says nothing of now.
    """

    def __init__(self, tick_ms: int) -> None:
        self._tick_ms = tick_ms
        self._ended: int | None = None
        self._cost_ms = 0

    def is_due(self, now: int, *, is_behind: bool) -> bool:
        """Return whether a commit is due; a clock set back makes it due."""
        if self._ended is None and is_behind:
            self._ended = now
        wait_ms = max(self._tick_ms - self._cost_ms, BEHIND_SHARE * self._cost_ms if is_behind else 0)
        return self._ended is None or not 0 <= now - self._ended < wait_ms

    def done(self, began: int, ended: int) -> None:
        """Take down how long a commit took."""
        self._ended, self._cost_ms = ended, max(0, ended - began)


class Every:
    """Says when something is due again, by the clock it is asked with; a clock set back makes it due."""

    def __init__(self, every_ms: int) -> None:
        self._every_ms = every_ms
        self._last: int | None = None

    def is_due(self, now: int) -> bool:
        """Return whether it is due; if so it counts as done."""
        if self._last is not None and 0 <= now - self._last < self._every_ms:
            return False
        self._last = now
        return True
