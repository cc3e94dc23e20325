"""Several faults of one data item stand side by side; each ends by itself, or all at once. Pure.

Source: ANSI/MTC1.4 Part 3, Condition: a `Normal` with a code ends that one, a `Normal` without a code ends all.
"""

from msgspec.structs import replace

from gateways.mtconnect.documents import Observation

NORMAL = "Normal"
FAULT = "Fault"


class Conditions:
    """What stands, by data item."""

    def __init__(self) -> None:
        self._standing: dict[str, dict[str, Observation]] = {}

    def forget(self) -> None:
        """Let nothing stand: all of it will be told again."""
        self._standing.clear()

    def after(self, o: Observation) -> Observation:
        """Return what the data item says from this observation on: the worst that stands, of equals the latest."""
        standing = self._standing.setdefault(o.item, {})
        if o.value is None or (o.value == NORMAL and o.condition is None):
            standing.clear()
        elif o.value == NORMAL:
            standing.pop(o.condition or "", None)
        else:
            standing[o.condition or ""] = o
        if standing:
            worst = max(standing.values(), key=lambda one: (one.value == FAULT, one.sequence))
            return replace(worst, t=o.t, sequence=o.sequence)
        return replace(o, code=None, entries=())
