"""Simulated machines through a Modbus server count what they count directly, rollovers of their registers included."""

from collections import Counter
from itertools import pairwise

import pytest

from app.domain.events import codec
from app.domain.events.contract import Counted, Measured, StateChanged
from app.domain.events.totals import CounterRule, Totals
from app.domain.interval import MINUTE_MS
from app.plantyaml import parse_plant
from gateways.modbus.gateway import make
from gateways.modbus.mapping import FORMATS, Read, Usual, point_of, value_of
from simulators.servers.modbus import ModbusOutlet, encoded, served_of
from simulators.servers.modbus_device import runs
from simulators.traits import BadSimulation
from simulators.world import World
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import Server, free_port
from tests.gateways.opcua.totals import events_of
from tests.gateways.sparkplug import plant as line
from tests.gateways.sparkplug.test_simulated import Playing, Rest

STEP = MINUTE_MS // 2
STATES = '{"4": run, "2": stop, "5": starved, "17": {state: stop, reason: jam}}'
GOOD, REASON = "holding/40011:uint16", "holding/40001:string[8]"
PACKED, TEMP = "2/holding/40002:uint64", "3/input/30002:float32"
FILLER = f"""      filler:
        reason: "{REASON}"
        state: holding/40010
        signals:
          good_total: {{at: "{GOOD}", scale: 0.015625}}
          reject_total: "input/30001:uint32,words=little"
          temp: {{at: "{TEMP}", scale: 0.1, offset: -5}}
"""
PACKER = f"""      packer:
        state: "2/holding/40001:int16,bytes=little"
        signals: {{good_total: "{PACKED}", reject_total: "2/holding/40006:int16"}}
"""


def a_plant(url="modbus://127.0.0.1:1502", filler=FILLER, packer=PACKER, states=STATES, modulus=4_294_967_296):
    """The line of the Sparkplug tests behind Modbus. modulus: where the filler's counter of good units rolls over."""
    head, _, _ = line.text("").partition("sources:\n")
    good = f"signals: {{good_total: {{owner: x, counter: {{kind: cumulative, of: good, modulus: {modulus}}}}}}}"
    head = head.replace('states: {"4": run, "2": stop}', f"states: {states}, {good}")
    head = head.replace("{water: 9000/h}", f"{{water: 9000/h}}, states: {states}")
    source = f"  - id: plc\n    gateway: modbus\n    url: {url}\n    machines: [filler, packer]\n"
    source += "    poll: 20ms\n    timeout: 20s\n"
    return parse_plant(f"{head}sources:\n{source}    mapping:\n{filler}{packer}")


def made(plant, events) -> Counter:
    """(machine, good or reject) -> units, out of readings in their order."""
    (only,) = plant.lines()
    rules = {
        (m.path, s.id): CounterRule(s.counter.kind, s.counter.of, s.counter.modulus)
        for m in only.machines for s in m.signals.values() if s.counter is not None
    }  # fmt: skip
    totals, found = Totals(rules), Counter()
    for event in events:
        count = totals.convert(event)[0] if isinstance(event, Measured) else None
        if isinstance(count, Counted):
            found[count.machine, "good"] += count.good
            found[count.machine, "reject"] += count.reject
    return found


@pytest.mark.slow
def test_totals_through_the_registers_are_those_of_the_machines() -> None:
    """The filler's good units are served 64-fold in 16 bits: its register ends twice in 80 minutes.

    Registers hold no past: each step waits until what it left there was read, the state of a machine that stands too.
    """
    plant = a_plant(f"modbus://127.0.0.1:{free_port()}")
    heard_plant = a_plant(plant.sources[0].options["url"], modulus=1024)
    directly, said, rest = World(plant, 7, line.MONDAY_8, counters=True), [], Rest()
    served = served_of(plant, plant.sources[0])

    def last(machine: str, signal: str) -> int:
        values = (e.value for e in reversed(said) if getattr(e, "signal", "") == signal and e.machine.endswith(machine))
        return next(values, 0)

    def state() -> object:
        states = (e.state for e in reversed(said) if isinstance(e, StateChanged) and e.machine == line.FILLER)
        return served[line.FILLER, ".state"].value(next(states))

    with ModbusOutlet(plant, rest) as outlet, listening(make(heard_plant.sources[0])) as heard:
        wait_for(lambda: len(heard.samples) >= 8)
        playing = Playing(plant, outlet)
        for t in range(line.MONDAY_8 + STEP, line.MONDAY_8 + 80 * MINUTE_MS + 1, STEP):
            playing.play(t)
            said += [e for _, e in directly.advance(t)]
            wait_for(lambda: heard.values(GOOD)[-1] == last("filler", "good_total") * 64 % 65_536)
            wait_for(lambda: heard.values(PACKED)[-1] == last("packer", "good_total"))
            wait_for(lambda: heard.values("holding/40010")[-1] == state())
        playing.finish()
        said += [e for _, e in directly.finish()]
        events = lambda: events_of(heard_plant, heard_plant.sources[0], heard.samples)  # noqa: E731
        wait_for(lambda: made(heard_plant, events()) == made(plant, said))
    goods = heard.values(GOOD)
    assert sum(after < before for before, after in pairwise(goods)) == 2
    assert made(plant, said)[line.FILLER, "good"] > 2048
    told = [e for e in events() if isinstance(e, StateChanged) and e.machine == line.FILLER]
    assert {e.state for e in told} >= {"4", "17"}
    assert {codec.decode(raw).source for _, raw in rest.raws} == {"panel-line-1"}


def test_before_a_machine_spoke_its_state_is_none_of_its_states() -> None:
    plant = a_plant(f"modbus://127.0.0.1:{free_port()}", states='{"0": stop, "1": run}')
    with ModbusOutlet(plant, Rest()), listening(make(plant.sources[0])) as heard:
        wait_for(lambda: len(heard.samples) >= 8)
    assert heard.values("holding/40010") == [2]
    assert heard.values(REASON) == [""]


@pytest.mark.parametrize("order", ["", ",words=little", ",bytes=little", ",words=little,bytes=little"])
@pytest.mark.parametrize(("kind", "value"), [*((kind, 77) for kind in FORMATS), ("string[4]", "jäm"), ("int32", -5)])
def test_what_is_written_is_what_a_gateway_reads(kind, value, order) -> None:
    point = point_of(f"holding/40005:{kind}{order}", Usual())
    read = Read(1, "holding", point.start, point.length, (point,))
    assert value_of(point, read, encoded(point, value, wraps=False)) == value


@pytest.mark.parametrize(
    ("kind", "value", "wraps", "served"),
    [
        ("uint16", 65_536 + 7, True, 7), ("uint16", 65_535, True, 65_535), ("uint32", 1 << 32, True, 0),
        ("int16", 32_768 + 3, True, 3), ("uint16", 70_000, False, 65_535), ("uint16", -3.0, False, 0),
        ("int16", -40_000, False, -32_768), ("int16", 21.6, False, 22), ("float32", None, False, None),
    ],
)  # fmt: skip
def test_a_counter_rolls_over_where_its_register_ends_and_a_value_stays_at_the_end(kind, value, wraps, served) -> None:
    point = point_of(f"holding/40001:{kind}", Usual())
    read = Read(1, "holding", 0, point.length, (point,))
    assert value_of(point, read, encoded(point, value, wraps=wraps)) == served


def test_bits_of_one_register_and_coils_are_written_apart() -> None:
    filler = FILLER.replace(TEMP, "holding/40020.3,bytes=little").replace("scale: 0.1, offset: -5", "scale: 1")
    plant = a_plant(f"modbus://127.0.0.1:{free_port()}", filler=filler)
    with ModbusOutlet(plant, Rest()) as outlet, listening(make(plant.sources[0])) as heard:
        wait_for(lambda: heard.samples)
        Playing(plant, outlet).play(line.MONDAY_8 + 5 * MINUTE_MS)
        wait_for(lambda: heard.values("holding/40020.3,bytes=little")[-1] is True)
    assert list(runs([5, 1, 2, 9])) == [(1, 2), (5, 1), (9, 1)]
    assert list(runs([])) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "opc.tcp://x"}, r"sources\.plc\.url: must be modbus://host:port"),
        ({"states": "{run: run, stop: stop}"}, r"home/hall/line-1/filler\.states\.run: must be a whole number"),
        ({"states": '{"4": run}'}, r"filler\.states: must have a whole number for `stop`"),
        ({"states": '{"70000": run, "2": stop}'}, r"filler\.states\.70000: does not fit into holding/40010"),
        ({"filler": FILLER.replace("string[8]", "string[2]")}, r"must be words in string\[6\] or longer"),
        ({"filler": FILLER.replace("40010", "40011")}, "are the same register"),
        ({"filler": FILLER.replace("40010", "50010")}, "must be 40001 to"),
        ({"filler": FILLER.replace("40011:uint16", "40011.2")}, "a counter must be in a number"),
        ({"packer": PACKER.replace("reject_total", "temp")}, "maps no counter of reject"),
    ],
)
def test_what_cannot_be_served_is_refused_with_its_key(change, said) -> None:
    with pytest.raises(BadSimulation, match=said):
        ModbusOutlet(a_plant(**change), Rest())


def test_a_place_that_is_taken_is_said() -> None:
    with Server({0: [1]}, [True] * 16) as taken, pytest.raises(BadSimulation, match=r"sources\.plc\.url: nothing can"):
        ModbusOutlet(a_plant(f"modbus://127.0.0.1:{taken.port}"), Rest()).__enter__()
