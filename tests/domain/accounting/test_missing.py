"""Numbers missing from a source are a finding while they are missing, in whatever order the others came (DOMAIN 6)."""

from itertools import permutations

import pytest

from app.domain.accounting.facts import FindingFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import Heartbeat
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.golden.story import NoPages
from tests.makers import a_plant, utc_ms

NINE = utc_ms("2026-11-23T09:00")
MACHINE = "site/area/line-1/filler"
DAY = Interval(NINE - HOUR_MS, NINE + 12 * HOUR_MS)


def a_ledger() -> Ledger:
    plant = a_plant(machines=("filler",), traits={"stale_after": "1d"})
    return Ledger(next(plant.lines()), plant, NoPages())


def said(seq: int, *, every: int = MINUTE_MS) -> Heartbeat:
    return Heartbeat(machine=MACHINE, t=NINE + seq * every, source="plc", epoch=1, seq=seq)


def gaps(ledger: Ledger) -> list[FindingFact]:
    return [f for f in ledger.findings(DAY) if f.rule == "sequence_gap" and f.count]


def test_events_that_overtake_each_other_are_not_missing() -> None:
    for order in permutations(range(1, 6)):
        ledger = a_ledger()
        ledger.apply([said(0), *map(said, order), said(6)])
        assert gaps(ledger) == [], order


@pytest.mark.parametrize("came", [(1, 2, 5), (5, 1, 2), (2, 5, 1)])
def test_what_is_missing_is_told_alike_in_every_order(came: tuple[int, ...]) -> None:
    ledger = a_ledger()
    ledger.apply([said(0), *map(said, came)])
    (found,) = gaps(ledger)
    assert (found.until, found.count) == (said(5).t, 1)
    assert found.detail == "events of source plc are missing before sequence 5"


def test_a_hole_over_hours_that_is_filled_from_its_middle_stays_told_until_it_is_closed() -> None:
    ledger = a_ledger()
    ledger.apply([said(n, every=HOUR_MS // 2) for n in (0, 8)])
    ledger.settle(NINE + 5 * HOUR_MS)
    for late in (4, 1, 2, 3, 5, 6, 7):
        assert gaps(ledger), late
        ledger.apply([said(late, every=HOUR_MS // 2)])
    assert gaps(ledger) == []
    told = [fact for fact in ledger.settle(NINE + 5 * HOUR_MS) if isinstance(fact, FindingFact)]
    assert {(fact.count, fact.until == fact.since) for fact in told} == {(0, True)}, "history hears that it is no more"
