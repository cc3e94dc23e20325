"""Rules that change do not touch closed hours; what brings one under the rules of now is told as a finding."""

from app.domain.accounting.facts import FindingFact, HourFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.contract import StateChanged, StopClassified
from app.domain.interval import HOUR_MS, MINUTE_MS
from app.domain.plant.equipment import Plant
from tests.makers import a_plant

START = 1_795_424_400_000 - 6 * HOUR_MS
HOURS = range(START, START + 6 * HOUR_MS, HOUR_MS)


class Pages(dict):
    def load(self, key: str) -> bytes | None:
        return self.get(key)


def a_ledger(plant: Plant, pages: Pages, checkpoint: bytes | None = None) -> Ledger:
    return Ledger(next(plant.lines()), plant, pages, checkpoint)


def a_morning(machine: str) -> list[StateChanged]:
    """A stop of 90 s at the beginning of each hour."""
    about = {"machine": machine, "source": "plc", "epoch": 1}
    said = [(t, state) for hour in HOURS for t, state in ((hour, "stop"), (hour + 90_000, "run"))]
    return [StateChanged(**about, t=t, seq=seq, state=state) for seq, (t, state) in enumerate(said, 1)]


def told_after(plant: Plant) -> tuple[list[HourFact], list[FindingFact]]:
    """What is told when an early stop is classified after the plant file became `plant`."""
    before, pages = a_plant(traits={"minor_stop": "120s"}), Pages()
    ledger = a_ledger(before, pages)
    (machine,) = ledger.machines
    end = HOURS[-1] + HOUR_MS + 5 * MINUTE_MS
    ledger.apply(a_morning(machine))
    ledger.settle(end)
    pages |= ledger.changed_pages()
    ledger = a_ledger(plant, pages, ledger.checkpoint())
    ledger.settle(end)
    about = {"source": "person", "epoch": 1, "seq": 1, "reason": None, "planned": True, "by": "ada"}
    ledger.apply([StopClassified(machine=machine, t=end, from_=START, to=START + 90_000, **about)])
    facts = ledger.settle(end + MINUTE_MS)
    hours = [fact for fact in facts if isinstance(fact, HourFact) and fact.equipment == machine]
    return hours, [fact for fact in facts if isinstance(fact, FindingFact) and fact.rule == "recounted"]


def test_under_the_same_rules_a_correction_is_no_finding() -> None:
    hours, findings = told_after(a_plant(traits={"minor_stop": "120s", "name": "Press"}))
    assert START in {fact.hour for fact in hours}
    assert findings == []


def test_under_other_rules_the_corrected_hour_alone_is_counted_again_and_it_is_said() -> None:
    hours, findings = told_after(a_plant(traits={"minor_stop": "60s"}))
    assert {fact.hour for fact in hours if START <= fact.hour < HOURS[-2]} == {START}
    said = {finding.since: finding for finding in findings}
    assert (said[START].until, said.keys() & set(HOURS[1:-2])) == (START + HOUR_MS, set())
    assert "rules for this line had changed" in said[START].detail
