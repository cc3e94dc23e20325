"""What a closed hour's own figures say is odd becomes a finding, and stops being one when it is no longer so."""

from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import CountCorrected, Counted, StateChanged
from app.domain.interval import HOUR_MS, MINUTE_MS, Interval
from tests.makers import a_plant, utc_ms

SIX = utc_ms("2026-11-23T06:00")
SHIFT = {"shifts": [{"name": "early", "start": "06:00", "end": "14:00", "breaks": [{"start": "10:00", "minutes": 15}]}]}


class Pages:
    """No page was ever kept."""

    def load(self, key: str) -> bytes | None:
        """Return None."""
        return None


def a_running_ledger(*, counts: list[tuple[int, int]]) -> Ledger:
    plant = a_plant(timezone="UTC", line=SHIFT, cycle="1s", traits={"stale_after": "20h"})
    ledger = Ledger(next(plant.lines()), plant, Pages())
    machine = ledger.line.machines[0].path
    identity = {"machine": machine, "source": "plc", "epoch": 1}
    events = [StateChanged(**identity, t=SIX, seq=1, state="run")]
    events += [Counted(**identity, t=t, seq=seq, good=good) for seq, (t, good) in enumerate(counts, 2)]
    ledger.apply(events)
    return ledger


def rules(ledger: Ledger, now: int) -> dict[str, str]:
    for _ in range(4):
        ledger.settle(now, open_hours=True)
    found = ledger.findings(Interval(0, now))
    return {f.rule: f.detail for f in found if f.until != f.since}


def test_faster_than_the_standard_is_told_with_its_evidence() -> None:
    ledger = a_running_ledger(counts=[(SIX + minute * MINUTE_MS, 75) for minute in range(1, 60)])
    found = rules(ledger, SIX + 2 * HOUR_MS)
    assert "against an ideal of 3600" in found["check_standard"]


def test_at_the_standard_nothing_is_odd() -> None:
    ledger = a_running_ledger(counts=[(SIX + minute * MINUTE_MS, 60) for minute in range(1, 60)])
    assert rules(ledger, SIX + 2 * HOUR_MS) == {}


def test_units_outside_shifts_and_work_in_a_break_are_told() -> None:
    ledger = a_running_ledger(counts=[(SIX + 9 * HOUR_MS, 5), (SIX + 9 * HOUR_MS + 1000, 5)])
    found = rules(ledger, SIX + 11 * HOUR_MS)
    assert found["ran_in_break"].startswith("ran 15 min")
    assert "units outside shifts" in found["made_outside_shift"]


def test_a_correction_takes_a_remark_back() -> None:
    ledger = a_running_ledger(counts=[(SIX + minute * MINUTE_MS, 75) for minute in range(1, 60)])
    assert "check_standard" in rules(ledger, SIX + 2 * HOUR_MS)
    machine = ledger.line.machines[0].path
    wrong = CountCorrected(
        machine=machine,
        t=SIX + 2 * HOUR_MS,
        source="ada",
        epoch=1,
        seq=1,
        made_at=SIX + MINUTE_MS,
        good=-2000,
        by="ada",
    )
    ledger.apply([wrong])
    assert rules(ledger, SIX + 2 * HOUR_MS + 1000) == {}
