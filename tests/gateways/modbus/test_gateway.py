"""Modbus TCP against pymodbus's own server."""

import asyncio
import struct

import pytest

from app.domain.events.contract import Counted, Measured
from app.domain.events.totals import CounterRule, Totals
from app.domain.plant.equipment import Source
from gateways.base import Away, BadSource
from gateways.modbus.gateway import make
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import Server, free_port

TOTAL, TEMP, NAME = "holding/40001", "holding/40003:float32,words=little", "2/holding/40005:string[2]"
BIT, COIL, MISSING = "holding/40002.3", "coil/00002", "holding/40009:uint32"
LOW, HIGH = struct.unpack(">HH", struct.pack(">f", 21.5))[::-1]
FIRST = [65_530, 0b1000, LOW, HIGH, 0x4142, 0x4300]


def source(port: int, *wanted: str, **more) -> Source:
    mapping = {"filler": {"signals": {f"s{i}": at for i, at in enumerate(wanted)}}}
    options = {"url": f"modbus://127.0.0.1:{port}", "mapping": mapping, "poll": "20ms", **more}
    return Source("plc", "modbus", ("filler",), options)


def test_every_type_is_told_and_a_register_that_is_missing_stops_no_other() -> None:
    wanted = (TOTAL, TEMP, NAME, BIT, COIL, MISSING)
    with Server({0: FIRST}, [False, True]) as server, listening(make(source(server.port, *wanted))) as heard:
        wait_for(lambda: len(heard.samples) >= len(wanted))
        server.set(0, [3])
        wait_for(lambda: 3 in heard.values(TOTAL))
    first = {s.address: (s.value, s.status, s.snapshot) for s in heard.samples[: len(wanted)]}
    assert first == {
        TOTAL: (65_530, "good", True), TEMP: (21.5, "good", True), NAME: ("ABC", "good", True),
        BIT: (True, "good", True), COIL: (True, "good", True), MISSING: (None, "bad", True),
    }  # fmt: skip
    assert heard.values(TOTAL) == [65_530, 3]
    assert all(len(heard.values(at)) == 1 for at in wanted if at != TOTAL)


def test_a_counter_that_rolls_over_while_its_server_restarts_counts_right() -> None:
    port = free_port()
    samples = []
    with Server({0: [65_530]}, [True], port) as server, listening(make(source(port, TOTAL))) as heard:
        wait_for(lambda: heard.values(TOTAL))
        server.set(0, [65_534])
        wait_for(lambda: 65_534 in heard.values(TOTAL))
        server.__exit__()
        wait_for(lambda: heard.away)
        server._blocks = {0: [2]}
        server.__enter__()
        samples += heard.samples
        with listening(make(source(port, TOTAL))) as again:
            wait_for(lambda: again.values(TOTAL))
            server.set(0, [7])
            wait_for(lambda: 7 in again.values(TOTAL))
        samples += again.samples
    totals, good = Totals({("filler", "total"): CounterRule("cumulative", "good", 65_536)}), 0
    for seq, s in enumerate(samples, 1):
        about = {"machine": "filler", "t": s.t, "source": "plc", "epoch": 1, "seq": seq}
        said = totals.convert(Measured(**about, signal="total", value=s.value))[0]
        good += said.good if isinstance(said, Counted) else 0
    assert good == 65_536 + 7 - 65_530


def test_a_value_that_does_not_change_is_told_again() -> None:
    with Server({0: FIRST}, [True]) as server, listening(make(source(server.port, TOTAL, retell="40ms"))) as heard:
        wait_for(lambda: len(heard.samples) >= 3)
    assert [s.snapshot for s in heard.samples[:3]] == [True, False, False]


@pytest.mark.parametrize(
    ("code", "said"),
    [(4, "device failure"), (6, "busy"), (10, "no path"), (11, "does not answer"), (99, "exception code 99")],
)
def test_a_unit_that_refuses_is_bad_in_words_and_stops_no_other(code, said, caplog) -> None:
    strange, server = "9/holding/40001", Server({0: FIRST}, [True])
    server.refusal = code
    with server, listening(make(source(server.port, strange, TOTAL))) as heard:
        wait_for(lambda: len(heard.samples) >= 2)
        server.set(0, [9])
        wait_for(lambda: 9 in heard.values(TOTAL))
    assert {(s.value, s.status) for s in heard.samples if s.address == strange} == {(None, "bad")}
    assert [r.why for r in caplog.records if getattr(r, "address", None) == strange and said in r.why]


def test_told_to_stop_in_the_moment_of_an_answer_it_stops() -> None:
    for _ in range(30):
        with Server({0: FIRST}, [True]) as server, listening(make(source(server.port, TOTAL, poll="1ms"))) as heard:
            wait_for(lambda heard=heard: heard.samples)


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(Away, match="no Modbus server answers"):
        asyncio.run(make(source(free_port(), TOTAL)).listen(lambda _: None))


def test_browse_tells_the_mapped_registers_and_why_one_cannot_be_read() -> None:
    with Server({0: FIRST}, [True]) as server:
        offers = asyncio.run(make(source(server.port, TOTAL, MISSING)).browse(10))
    assert [(o.address, o.type, o.value) for o in offers] == [(TOTAL, "uint16", 65_530), (MISSING, "uint32", None)]
    assert "no such register" in offers[1].meaning


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "http://x"}, "sources.plc.url: must be such as modbus://"),
        ({"unit": 256}, "sources.plc.unit: must be a whole number of 0 to 255"),
        ({"word_order": "middle"}, "sources.plc.word_order: must be one of big, little"),
        ({"speed": 9600}, "sources.plc.speed: unknown key"),
        ({"mapping": {"filler": {"state": "holding/30001"}}}, "must be 40001 to 49999"),
    ],
)
def test_a_wrong_option_names_its_key(options, said) -> None:
    with pytest.raises(BadSource) as error:
        make(source(502, TOTAL, **options))
    assert said in str(error.value)
