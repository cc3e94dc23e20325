"""Which hours are told when many wait: a few at once, old ones and the newest, and open ones only when asked for."""

from app.domain.accounting.facts import HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS
from tests.golden.story import NoPages
from tests.makers import a_plant, utc_ms

START = utc_ms("2026-11-23T00:00")
MACHINE = "site/area/line-1/machine"
ALWAYS = {"shifts": [{"name": "day", "start": "00:00", "end": "24:00"}]}
HOURS = 20


def told(ledger: Ledger, now: int, *, open_hours: bool) -> list[int]:
    """Return the machine's hours of one telling, counted from the start."""
    facts = ledger.settle(now, open_hours=open_hours)
    return [(f.hour - START) // HOUR_MS for f in facts if isinstance(f, HourFact) and f.equipment == MACHINE]


def a_ledger() -> Ledger:
    plant = a_plant(timezone="UTC", line=ALWAYS, traits={"stale_after": "2d"})
    ledger = Ledger(next(plant.lines()), plant, NoPages())
    ledger.apply([StateChanged(machine=MACHINE, t=START, source="plc", epoch=1, seq=1, state="run")])
    return ledger


def test_of_many_hours_the_oldest_and_the_newest_are_told_first_and_all_in_the_end() -> None:
    ledger, now = a_ledger(), START + HOURS * HOUR_MS
    first = told(ledger, now, open_hours=False)
    assert first == [0, 1, 2, 3, 4, 5, HOURS - 2, HOURS - 1]
    later = [hour for _ in range(3) for hour in told(ledger, now, open_hours=False)]
    assert set(first) | set(later) == set(range(HOURS))


def test_an_hour_that_still_runs_is_told_only_when_open_hours_are_asked_for() -> None:
    ledger, now = a_ledger(), START + HOUR_MS + 30 * MINUTE_MS
    assert told(ledger, now, open_hours=False) == [0]
    assert 1 in told(ledger, now, open_hours=True)
