"""The first count of a machine covers no known span: its units are of what ran just before it (DOMAIN section 5)."""

import pytest

from app.domain.accounting.facts import HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.accounting.rollup import total
from app.domain.events.contract import Counted, Event, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import NoPages, Story, cycle
from tests.makers import a_plant, utc_ms

TWO = utc_ms("2026-11-23T14:00")
MACHINE = "site/area/line-1/filler"
EARLY, LATE = (
    {"name": name, "start": f"{at:02}:00", "end": f"{at + 8}:00"} for name, at in (("early", 6), ("late", 14))
)
SHIFTS = {"shifts": [EARLY, LATE]}


def said(kind: type[Event], t: int, seq: int, **fields: object) -> Event:
    return kind(machine=MACHINE, t=t, source="plc", epoch=1, seq=seq, **fields)


def a_ledger(*events: Event) -> Ledger:
    plant = a_plant(machines=("filler",), timezone="UTC", line=SHIFTS, traits={"stale_after": "1d"})
    ledger = Ledger(next(plant.lines()), plant, NoPages())
    ledger.apply(events)
    return ledger


def good(ledger: Ledger, start: int, end: int) -> int:
    return total(ledger.cells(MACHINE, Interval(start, end), TWO + 4 * HOUR_MS)).good


@pytest.mark.parametrize("later", [(), (said(Counted, TWO + 8 * HOUR_MS, 3, good=300),)])
def test_a_total_told_at_the_end_of_the_first_shift_is_that_shifts(later: tuple[Event, ...]) -> None:
    began = said(StateChanged, TWO - 8 * HOUR_MS, 1, state="run")
    ledger = a_ledger(began, said(Counted, TWO, 2, good=400), *later)
    ledger.settle(TWO + 4 * HOUR_MS)
    assert good(ledger, TWO - 8 * HOUR_MS, TWO) == 400
    assert good(ledger, TWO - 1, TWO) == 400
    assert good(ledger, TWO, TWO + MINUTE_MS) == 0


def test_where_the_machine_did_not_run_before_it_is_booked_at_its_time() -> None:
    ledger = a_ledger(said(StateChanged, TWO, 1, state="run"), said(Counted, TWO, 2, good=400))
    assert good(ledger, TWO, TWO + 1) == 400


def test_the_hour_before_is_told_anew_and_so_it_is_when_the_state_comes_late() -> None:
    count = said(Counted, TWO, 2, good=400)
    for first, then in ((said(StateChanged, TWO - HOUR_MS, 1, state="run"), count), (count, None)):
        ledger = a_ledger(first)
        told = ledger.settle(TWO + MINUTE_MS, open_hours=True)
        ledger.apply([then or said(StateChanged, TWO - HOUR_MS, 1, state="run")])
        for _ in range(4):
            told += ledger.settle(TWO + 2 * HOUR_MS, open_hours=True)
        facts = {f.hour: f for f in told if isinstance(f, HourFact) and f.equipment == MACHINE}
        assert sum(cell.components.good for cell in facts[TWO - HOUR_MS].cells) == 400
        assert sum(cell.components.good for cell in facts[TWO].cells) == 0


def test_the_report_of_a_shift_whose_only_count_comes_at_its_end_has_it() -> None:
    story = Story.at(cycle(1), SHIFTS)
    story.start = story.t = TWO - 8 * HOUR_MS
    story.say("run", 480).make(400, at=TWO)
    assert story.row().oee == pytest.approx(400 / 480)
