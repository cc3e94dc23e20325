"""Counter signals of a line: readings become counts, what is odd about them becomes a finding (DOMAIN section 5)."""

from app.domain.accounting.book import LineBook
from app.domain.events.contract import Event, Measured
from app.domain.events.totals import CounterRule, Totals
from app.domain.plant.equipment import WorkCenter

_FINDINGS = {
    "reset": "counter {} was reset: the new value {} counts",
    "implausible": "counter {} jumped implausibly to {}: refused",
    "rebased": "counter {} stays at its new level {}: the jump was not counted",
}


class Counters:
    """The counters of one line. book: takes the findings; saved: what `dump` returned, None for a new line."""

    def __init__(self, line: WorkCenter, book: LineBook, saved: bytes | None = None) -> None:
        self._book = book
        self._totals = Totals(counter_rules(line), saved)

    def count(self, event: Measured) -> tuple[Event, str | None]:
        """Return the count a reading stands for (other signals: the event itself), and why it is refused if it is."""
        converted, step = self._totals.convert(event)
        if step is None or step.outcome not in _FINDINGS:
            return converted, None
        detail = _FINDINGS[step.outcome].format(event.signal, event.value)
        self._book.find(event.machine, f"counter_{step.outcome}", event.t, event.t, detail)
        return converted, f"implausible: {detail}" if step.outcome == "implausible" else None

    def dump(self) -> bytes:
        """Return what to go on with after a restart."""
        return self._totals.dump()


def counter_rules(line: WorkCenter) -> dict[tuple[str, str], CounterRule]:
    """Return how the line's counter signals count, by (machine path, signal)."""
    return {
        (machine.path, signal.id): CounterRule(
            signal.counter.kind, signal.counter.of, signal.counter.modulus, signal.counter.max_per_s
        )
        for machine in line.machines
        for signal in machine.signals.values()
        if signal.counter is not None
    }
