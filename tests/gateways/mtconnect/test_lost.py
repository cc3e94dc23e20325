"""What an agent forgot before it was asked is unknown time and a finding; no unit is made or lost by it."""

import pytest

from app.domain.accounting.buckets import Bucket
from app.domain.accounting.counters import counter_rules
from app.domain.accounting.facts import FindingFact
from app.domain.accounting.ledger import Ledger
from app.domain.events.codec import decode
from app.domain.events.contract import Measured
from app.domain.events.totals import Totals
from app.domain.interval import MINUTE_MS, Interval
from app.plantyaml import parse_plant
from gateways.mapping import Mapper
from gateways.mtconnect.gateway import make
from gateways.spool import Spool
from tests.gateways.listening import listening, wait_for
from tests.gateways.mtconnect.agent import Scripted, error, part, seen, streams
from tests.gateways.opcua.totals import NoPages
from tests.gateways.sparkplug import plant as line

TEN_MINUTES = Interval(line.MONDAY_8, line.MONDAY_8 + 10 * MINUTE_MS)
SOURCE = """  - id: plc
    gateway: mtconnect
    url: URL
    machines: [filler, packer]
    mapping: {filler: {state: Mill/execution, signals: {good_total: load}}, packer: {state: prog}}
"""


def a_text(url: str, kind: str = "cumulative") -> str:
    """The file of a line that bears an hour of silence: only what was lost is unknown here."""
    head, _, _ = line.text("").replace("stale_after: 90s", "stale_after: 1h").partition("sources:\n")
    head = head.replace("kind: cumulative, of: good, modulus: 4294967296", f"kind: {kind}, of: good")
    return f"{head}sources:\n{SOURCE.replace('URL', url)}"


def a_plant(url: str, kind: str = "cumulative"):
    """The plant of `a_text`."""
    return parse_plant(a_text(url, kind))


def ran(sequence: int, at: str) -> str:
    return seen("exec", "run", sequence, at=at) + seen("prog", "run", sequence, "Program", at=at)


def counted(value: int, sequence: int, at: str) -> str:
    return seen("load", str(value), sequence, "Load", "Samples", at=at)


class Booked:
    """What the ledger makes of what was heard, through the mapping and a spool on disk."""

    def __init__(self, plant, heard, folder) -> None:
        source, (self.line,) = plant.sources[0], plant.lines()
        mapper, spool = Mapper(plant, source), Spool(folder, 1, most_bytes=1 << 20)
        for samples, place in heard.hearings:
            if samples:  # a sign of life has the time of its arrival, which is none of the script's
                spool.append(mapper.events(samples, TEN_MINUTES.end), place)
        events = [decode(raw) for _, raw in spool.next(1_000).rows]
        totals, self.ledger = Totals(counter_rules(self.line)), Ledger(self.line, plant, NoPages())
        self.ledger.apply([totals.convert(e)[0] if isinstance(e, Measured) else e for e in events])
        self.facts = self.ledger.settle(TEN_MINUTES.end)
        self.place = spool.heard

    def _sum(self, what) -> int:
        return sum(what(c.components) for c in self.ledger.cells(f"{line.LINE}/filler", TEN_MINUTES, TEN_MINUTES.end))

    def seconds(self, bucket: Bucket) -> float:
        return self._sum(lambda components: components.buckets_ms[bucket]) / 1000

    def good(self) -> int:
        return self._sum(lambda components: components.good)

    def gaps(self) -> list[tuple[float, float]]:
        return [
            ((f.since - line.MONDAY_8) / 1000, (f.until - line.MONDAY_8) / 1000)
            for f in self.facts
            if isinstance(f, FindingFact) and f.rule == "sequence_gap"
        ]


NOW = streams(ran(1, "00:00"), counted(100, 2, "00:00"), following=3, at="00:01")
BEFORE = part(streams(counted(110, 3, "00:30"), counted(120, 4, "01:00"), following=5, at="01:00"))
LATER = streams(ran(1, "00:00"), counted(360, 60, "09:30"), following=61, first=50, at="09:30")
HELD = streams(ran(1, "00:00"), counted(300, 51, "08:00"), following=61, first=50, at="09:30")
AFTER = part(streams(counted(360, 60, "09:30"), counted(375, 61, "10:00"), following=62, first=50, at="10:00"))
GAP = streams(counted(290, 50, "07:50"), following=61, first=50, at="09:30")


@pytest.mark.parametrize("lost", [error("OUT_OF_RANGE"), GAP], ids=["refused", "a gap"])
def test_what_was_lost_is_unknown_until_the_oldest_that_the_agent_still_has(lost, tmp_path) -> None:
    with Scripted([NOW, LATER], [[BEFORE, part(lost)], [AFTER]], held={51: HELD}) as agent:
        plant = a_plant(agent.url)
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: 375 in heard.values("load"))
    booked = Booked(plant, heard, tmp_path)
    assert (booked.seconds(Bucket.RUNNING), booked.seconds(Bucket.UNKNOWN)) == (180, 420)
    assert booked.gaps() == [(60, 480)]
    assert booked.good() == 275
    assert "from=52" in agent.asked[-1]
    assert booked.place == '{"instance":"7","sequence":62}'


def test_without_word_of_the_past_it_is_unknown_until_the_agent_says_what_holds(tmp_path) -> None:
    after = part(streams(counted(375, 61, "10:00"), following=62, first=50, at="10:00"))
    with Scripted([NOW, LATER], [[BEFORE, part(error("OUT_OF_RANGE"))], [after]]) as agent:
        plant = a_plant(agent.url)
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: 375 in heard.values("load"))
    booked = Booked(plant, heard, tmp_path)
    assert (booked.seconds(Bucket.RUNNING), booked.seconds(Bucket.UNKNOWN)) == (90, 510)
    assert booked.gaps() == [(60, 570)]
    assert booked.good() == 275


def test_increments_that_were_lost_are_not_guessed_and_what_holds_is_none(tmp_path) -> None:
    with Scripted([NOW, LATER], [[BEFORE, part(error("OUT_OF_RANGE"))], [AFTER]], held={51: HELD}) as agent:
        plant = a_plant(agent.url, "delta")
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: 375 in heard.values("load"))
    assert Booked(plant, heard, tmp_path).good() == 110 + 120 + 360 + 375


def test_what_an_agent_observed_before_it_began_anew_is_unknown_until_it_observes_again(tmp_path) -> None:
    first = ran(1, "07:00") + counted(300, 2, "07:00")
    anew = streams(first, following=3, instance="8", at="09:30")
    rest = [part(streams(first, counted(375, 3, "10:00"), following=4, instance="8", at="10:00"))]
    with Scripted([NOW, anew], [[BEFORE, part(anew)], rest]) as agent:
        plant = a_plant(agent.url)
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: 375 in heard.values("load"))
    booked = Booked(plant, heard, tmp_path)
    assert (booked.seconds(Bucket.RUNNING), booked.seconds(Bucket.UNKNOWN)) == (240, 360)
    assert booked.gaps() == [(60, 420)]
    assert booked.good() == 275


def test_an_agent_that_forgets_faster_than_it_can_be_asked_is_away_in_words() -> None:
    refused = [part(error("OUT_OF_RANGE"))]
    with Scripted([NOW, LATER], [refused] * 3) as agent, listening(make(a_plant(agent.url).sources[0])) as heard:
        wait_for(lambda: heard.away)
    assert "forgets faster than we can ask: its buffer is too small" in heard.away
