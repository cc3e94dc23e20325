"""The end-to-end judge: with clean sources the ledger says exactly what happened, per machine and shift."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from app.domain.accounting.buckets import ZERO, Bucket, Components
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Event
from app.domain.interval import Interval
from app.domain.plant.equipment import Plant, WorkUnit
from app.domain.plant.shifts import ShiftCalendar, ShiftInstance
from simulators.line import Pace
from simulators.truth import LateTruth, MadeTruth, Memory, StateTruth
from simulators.world import simulate
from tests.simulators.makers import CALENDAR, HOUR_MS, MONDAY, a_line, a_plant

WINDOW = Interval(MONDAY + 5 * HOUR_MS, MONDAY + 31 * HOUR_MS)
PACE = Pace(60_000, 600_000, 60_000)
SAID = {"run": Bucket.RUNNING, "setup": Bucket.SETUP, "starved": Bucket.STARVED, "blocked": Bucket.BLOCKED}


class NoPages:
    def load(self, key: str) -> bytes | None:
        return None


def ledgers(plant: Plant, events: list[Event], now: int) -> Iterator[Ledger]:
    for line in plant.lines():
        ledger = Ledger(line, plant, NoPages())
        ledger.apply([e for e in events if e.machine.startswith(line.path)])
        ledger.settle(now)
        yield ledger


def naive(machine: WorkUnit, truth: Memory, shift: Interval) -> tuple[tuple[int, ...], int, int, int]:
    """What DOMAIN section 1 says about the truth: buckets of the shift, good, reject, rework."""
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
    late = [r for r in own if isinstance(r, LateTruth) and shift.start < r.made_at <= shift.end]
    units = [*made, *late]
    return tuple(buckets), sum(r.good for r in units), sum(r.reject for r in units), sum(r.rework for r in late)


def judged(plant: Plant, events: list[Event], truth: Memory, window: Interval) -> list[ShiftInstance]:
    """Compare every machine and whole shift of the window; return the shifts that were compared."""
    found: list[ShiftInstance] = []
    for ledger in ledgers(plant, events, window.end + HOUR_MS):
        shifts = [s for s in ledger.line.calendar.instances(window) if window.start <= s.start and s.end <= window.end]
        for shift, machine in product(shifts, ledger.line.machines):
            inside = Interval(shift.start, shift.end)
            cells = ledger.cells(machine.path, inside, window.end + HOUR_MS)
            total: Components = sum((c.components for c in cells), ZERO)
            said = (total.buckets_ms, total.good, total.reject, total.rework)
            assert said == naive(machine, truth, inside), f"{machine.path} {shift.key}"
            assert total.good > 1_000
        found += shifts
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_puts_every_millisecond_and_unit_where_it_belongs(seed: int) -> None:
    plant, truth = a_plant(), Memory()
    events = list(simulate(plant, seed, WINDOW, pace=PACE, book=truth))
    assert len(judged(plant, events, truth, WINDOW)) == 3 * 2


@pytest.mark.parametrize(("sunday", "hours"), [("2026-03-29", 7), ("2026-10-25", 9)], ids=["spring", "autumn"])
def test_the_night_in_which_clocks_change_is_as_long_as_it_was(sunday: str, hours: int) -> None:
    midnight = int(datetime.fromisoformat(f"{sunday}T00:00:00+00:00").timestamp() * 1000)
    window = Interval(midnight - 4 * HOUR_MS, midnight + 8 * HOUR_MS)
    berlin = ShiftCalendar("Europe/Berlin", tuple(replace(p, days=frozenset(range(7))) for p in CALENDAR.patterns))
    plant, truth = a_plant(replace(a_line("line-1"), zone="Europe/Berlin", calendar=berlin)), Memory()
    events = list(simulate(plant, 3, window, pace=PACE, book=truth))
    nights = [s for s in judged(plant, events, truth, window) if s.name == "night"]
    assert [s.end - s.start for s in nights] == [hours * HOUR_MS]
