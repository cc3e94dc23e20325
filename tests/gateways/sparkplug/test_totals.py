"""What a line made, by the ledger: the same through Sparkplug with a cut in between as sent directly."""

from itertools import count

import pytest

from app.domain.accounting.ledger import Ledger
from app.domain.events import codec
from app.domain.events.contract import Measured, StateChanged
from app.domain.events.totals import CounterRule, Totals
from app.domain.interval import MINUTE_MS, Interval
from gateways.sparkplug.gateway import make
from simulators.servers.sparkplug import SparkplugOutlet
from simulators.world import World
from tests.gateways.listening import listening, wait_for
from tests.gateways.sparkplug.plant import LINE, MONDAY_8, a_plant
from tests.gateways.sparkplug.test_simulated import COUNTERS, STATES, Playing, Rest, has_everything

LENGTH = 90 * MINUTE_MS
MEANING = {address: key for key, address in COUNTERS.items()} | {a: (m, None) for m, a in STATES.items()}


def events_of(samples, epoch: int) -> list:
    """Samples as events, in the order they came."""
    number, found = count(1), []
    for sample in samples:
        machine, signal = MEANING.get(sample.address, (None, None))
        if machine is None or sample.value is None:
            continue
        about = {"machine": machine, "t": sample.t, "source": "gw-1", "epoch": epoch, "seq": next(number)}
        if signal is None:
            found.append(StateChanged(**about, state=sample.value))
        else:
            found.append(Measured(**about, signal=signal, value=sample.value))
    return found


class NoPages:
    def load(self, key: str) -> bytes | None:
        return None


def made(plant, events) -> dict:
    """Good and reject units of each machine, by the ledger."""
    (line,) = plant.lines()
    rules = {
        (m.path, s.id): CounterRule(s.counter.kind, s.counter.of, s.counter.modulus)
        for m in line.machines for s in m.signals.values() if s.counter is not None
    }  # fmt: skip
    totals, ledger = Totals(rules), Ledger(line, plant, NoPages())
    ledger.apply([totals.convert(e)[0] if isinstance(e, Measured) else e for e in events])
    end = MONDAY_8 + LENGTH
    ledger.settle(end + 1)
    found = {}
    for machine in line.machines:
        cells = ledger.cells(machine.path, Interval(MONDAY_8, end + 1), end + 1)
        found[machine.path] = (sum(c.components.good for c in cells), sum(c.components.reject for c in cells))
    return found


@pytest.mark.slow
def test_a_cut_changes_no_total(broker) -> None:
    plant, heards, rest = a_plant(broker.url), [], Rest()
    with SparkplugOutlet(plant, rest) as outlet:
        playing = Playing(plant, outlet)
        with listening(make(plant.sources[0])) as heard:
            heards.append(heard)
            wait_for(lambda: heard.signs or heard.samples)
            playing.play(MONDAY_8 + LENGTH // 3)
            broker.kill()
            wait_for(lambda: heard.away)
        playing.play(MONDAY_8 + 2 * LENGTH // 3)
        broker.start()
        with listening(make(plant.sources[0])) as heard:
            heards.append(heard)
            wait_for(lambda: any(s.stored for s in heard.samples))
            playing.play(MONDAY_8 + LENGTH)
            playing.finish()
            wait_for(lambda: has_everything(heards, plant))
    assert_same_totals(plant, rest, [s for h in heards for s in h.samples])


def assert_same_totals(plant, rest, samples) -> None:
    direct = World(plant, 7, MONDAY_8, counters=True)
    directly = [e for _, e in direct.advance(MONDAY_8 + LENGTH) + direct.finish()]
    people = [codec.decode(raw) for _, raw in rest.raws]
    expected = made(plant, directly)
    assert made(plant, people + events_of(samples, epoch=1)) == expected
    assert all(good > 1_000 for good, _ in expected.values())
    assert set(expected) == {f"{LINE}/filler", f"{LINE}/packer"}


@pytest.mark.slow
def test_what_was_stored_before_anybody_ever_listened_counts(broker) -> None:
    """The birth says what holds now, then the history comes: it is no less production for that."""
    plant, rest = a_plant(broker.url), Rest()
    with SparkplugOutlet(plant, rest) as outlet:
        playing = Playing(plant, outlet)
        playing.play(MONDAY_8 + LENGTH)
        playing.finish()
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: has_everything([heard], plant))
    assert_same_totals(plant, rest, heard.samples)
