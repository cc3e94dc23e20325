"""The end-to-end judge: with clean sources the ledger says exactly what happened, per machine and shift."""

from collections.abc import Iterator

import pytest

from app.domain.accounting.buckets import ZERO, Bucket, Components
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Event
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkUnit
from simulators.line import Pace
from simulators.truth import MadeTruth, Memory, StateTruth
from simulators.world import simulate
from tests.simulators.makers import HOUR_MS, MONDAY, a_plant

WINDOW = Interval(MONDAY + 5 * HOUR_MS, MONDAY + 31 * HOUR_MS)
SAID = {"run": Bucket.RUNNING, "setup": Bucket.SETUP, "starved": Bucket.STARVED, "blocked": Bucket.BLOCKED}


class NoPages:
    def load(self, key: str) -> bytes | None:
        return None


def ledgers(plant: Plant, events: list[Event]) -> Iterator[Ledger]:
    for line in plant.lines():
        ledger = Ledger(line, plant, NoPages())
        ledger.apply([e for e in events if e.machine.startswith(line.path)])
        ledger.settle(WINDOW.end + HOUR_MS)
        yield ledger


def naive(machine: WorkUnit, truth: Memory, shift: Interval) -> tuple[tuple[int, ...], int, int]:
    """What DOMAIN section 1 says about the truth: buckets of the shift, good, reject."""
    buckets = [0] * 9
    own = [r for r in truth.records if r.machine == machine.path]
    states = [r for r in own if isinstance(r, StateTruth)]
    for i, record in enumerate(states):
        bucket = SAID.get(record.state, Bucket.PLANNED_STOP)
        if record.state == "stop":
            whole = record.to - record.from_
            assert states[i - 1].state != "stop"
            bucket = Bucket.MINOR_STOP if whole <= machine.minor_stop_ms else Bucket.UNPLANNED_STOP
        buckets[bucket] += Interval(record.from_, record.to).clip(shift).length
    made = [r for r in own if isinstance(r, MadeTruth) and shift.start < r.to <= shift.end]
    return tuple(buckets), sum(r.good for r in made), sum(r.reject for r in made)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_puts_every_millisecond_and_unit_where_it_belongs(seed: int) -> None:
    plant, truth = a_plant(), Memory()
    events = list(simulate(plant, seed, WINDOW, pace=Pace(60_000, 600_000, 60_000), book=truth))
    judged = 0
    for ledger in ledgers(plant, events):
        for shift in (s for s in ledger.line.calendar.instances(WINDOW) if s.end <= WINDOW.end):
            window = Interval(shift.start, shift.end)
            for machine in ledger.line.machines:
                cells = ledger.cells(machine.path, window, WINDOW.end + HOUR_MS)
                total: Components = sum((c.components for c in cells), ZERO)
                said = (total.buckets_ms, total.good, total.reject)
                assert said == naive(machine, truth, window), f"{machine.path} {shift.key}"
                assert total.good > 1_000
                judged += 1
    assert judged == 3 * 8
