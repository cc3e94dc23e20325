"""What a line made, by the ledger, out of samples as the gateway process maps them."""

from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Measured
from app.domain.events.totals import CounterRule, Totals
from app.domain.interval import Interval
from gateways.mapping import Mapper, numbered
from tests.gateways.sparkplug.plant import MONDAY_8


class NoPages:
    def load(self, key: str) -> bytes | None:
        return None


def events_of(plant, source, samples) -> list:
    """Samples as events of one epoch, in the order they came."""
    told = Mapper(plant, source).events(list(samples), MONDAY_8)
    return [numbered(event, 1, seq) for seq, (_, event) in enumerate(told, 1)]


def made(plant, events, length: int) -> dict:
    """(good, reject) of each machine between MONDAY_8 and `length` after it."""
    (line,) = plant.lines()
    rules = {
        (m.path, s.id): CounterRule(s.counter.kind, s.counter.of, s.counter.modulus)
        for m in line.machines for s in m.signals.values() if s.counter is not None
    }  # fmt: skip
    totals, ledger = Totals(rules), Ledger(line, plant, NoPages())
    ledger.apply([totals.convert(e)[0] if isinstance(e, Measured) else e for e in events])
    end = MONDAY_8 + length + 1
    ledger.settle(end)
    found = {}
    for machine in line.machines:
        cells = ledger.cells(machine.path, Interval(MONDAY_8, end), end)
        found[machine.path] = (sum(c.components.good for c in cells), sum(c.components.reject for c in cells))
    return found
