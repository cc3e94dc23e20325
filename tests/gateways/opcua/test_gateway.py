"""OPC UA against asyncua's own server: what it says, how it says it, and what happens when it is away."""

import asyncio

import pytest
from asyncua import ua

from app.domain.plant.equipment import Source
from gateways.base import Away
from gateways.opcua.gateway import OpcUaGateway, make
from gateways.opcua.options import options_of
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.server import OTHER, URI, Plc

STATE, TOTAL, TEMP = "Line/Filler/State", "Line/Filler/Total", "Line/Filler/Temp"
NAMES = {STATE: "run", TOTAL: 100, TEMP: 21.5, "s=Filler.Speed": 40}
SPEED = f"nsu={URI};s=Filler.Speed"


def source(url: str, *wanted: str, **more) -> Source:
    mapping = {"filler": {"signals": {f"s{i}": at for i, at in enumerate(wanted)}}}
    return Source("plc", "opcua", ("filler",), {"url": url, "mapping": mapping, "publishing": "50ms", **more})


def heard_of(samples, address: str) -> list[tuple]:
    return [(s.value, s.status) for s in samples if s.address == address]


@pytest.fixture
def plc():
    with Plc(free_port(), dict(NAMES)) as found:
        yield found


def test_values_come_with_the_servers_time_and_status(plc) -> None:
    with listening(make(source(plc.url, STATE, TOTAL, TEMP, SPEED))) as heard:
        wait_for(lambda: len(heard.samples) >= 4)
        plc.write(STATE, "stop", t=1_795_392_000_123)
        plc.write(TEMP, 99.0, status=ua.StatusCodes.UncertainSensorNotAccurate)
        plc.write(TOTAL, 101, status=ua.StatusCodes.BadDeviceFailure)
        wait_for(lambda: len(heard.samples) >= 7)
    first = {s.address: (s.value, s.status, s.snapshot) for s in heard.samples[:4]}
    assert first == {
        STATE: ("run", "good", True), TOTAL: (100, "good", True), TEMP: (21.5, "good", True), SPEED: (40, "good", True),
    }  # fmt: skip
    later = {s.address: (s.value, s.status, s.snapshot) for s in heard.samples[4:]}
    expected = {STATE: ("stop", "good", False), TEMP: (99.0, "uncertain", False), TOTAL: (None, "bad", False)}
    assert later == expected
    assert next(s.t for s in heard.samples if s.value == "stop") == 1_795_392_000_123


def test_every_change_between_two_publishings_is_told(plc) -> None:
    with listening(make(source(plc.url, TOTAL, publishing="500ms", sampling="1ms"))) as heard:
        wait_for(lambda: heard.samples)
        for total in range(101, 151):
            plc.write(TOTAL, total)
        wait_for(lambda: heard.values(TOTAL)[-1] == 150)
    assert heard.values(TOTAL) == list(range(100, 151))


def test_the_same_nodes_are_heard_when_a_restart_changed_the_namespaces_order() -> None:
    port = free_port()
    url, named = f"opc.tcp://127.0.0.1:{port}/plc", "plc:Line/plc:Filler/plc:Temp"
    asked = source(url, STATE, SPEED, named, namespaces={"plc": URI})
    gateway = make(asked)
    with Plc(port, dict(NAMES), (URI, OTHER)), listening(gateway) as heard:
        wait_for(lambda: len(heard.samples) >= 3)
    assert heard.away is None
    with Plc(port, {**NAMES, "s=Filler.Speed": 55}, (OTHER, URI)), listening(gateway) as again:
        wait_for(lambda: len(again.samples) >= 3)
    assert [again.values(at) for at in (STATE, SPEED)] == [["run"], [55]]
    assert again.values(named) == [21.5]


def test_a_server_that_goes_is_away_in_words(plc) -> None:
    with listening(make(source(plc.url, STATE))) as heard:
        wait_for(lambda: heard.samples)
        plc.__exit__()
        wait_for(lambda: heard.away)
    assert "the OPC UA server at opc.tcp://127.0.0.1" in heard.away


def test_silence_of_a_server_that_lives_is_a_sign_of_life(plc) -> None:
    with listening(make(source(plc.url, STATE))) as heard:
        wait_for(lambda: heard.signs)
    assert len(heard.samples) == 1


def test_a_node_that_is_not_there_is_bad_and_is_heard_when_it_comes(plc, caplog) -> None:
    asked = options_of(source(plc.url, "Line/Filler/Late", f"nsu={OTHER};i=5", STATE))
    with listening(OpcUaGateway(asked, look_again_s=0.1)) as heard:
        wait_for(lambda: len(heard.samples) >= 3)
        plc.add("Line/Filler/Late", 7)
        wait_for(lambda: 7 in heard.values("Line/Filler/Late"))
    assert heard_of(heard.samples, "Line/Filler/Late")[0] == (None, "bad")
    assert [s.snapshot for s in heard.samples if s.value == 7] == [True]
    said = {r.address: r.why for r in caplog.records if hasattr(r, "why")}
    assert "no `Late` in Filler" in said["Line/Filler/Late"]
    assert f"no namespace {OTHER}" in said[f"nsu={OTHER};i=5"]


def test_a_name_that_is_there_twice_is_never_guessed() -> None:
    async def twice(plc) -> None:
        other = await plc.server.get_namespace_index(OTHER)
        await plc.server.nodes.objects.add_object(other, "Line")

    with Plc(free_port(), dict(NAMES), (URI, OTHER), prepare=twice) as plc:
        with listening(make(source(plc.url, STATE))) as heard:
            wait_for(lambda: heard.samples)
        assert heard_of(heard.samples, STATE) == [(None, "bad")]
        exact = source(plc.url, "plc:Line/Filler/State", namespaces={"plc": URI})
        with listening(make(exact)) as heard:
            wait_for(lambda: heard.samples)
    assert heard_of(heard.samples, "plc:Line/Filler/State") == [("run", "good")]


def test_parts_of_arrays_are_heard() -> None:
    plc = Plc(free_port(), {"Filler/Counts": [5, 6, 7]})
    with plc, listening(make(source(plc.url, "Filler/Counts#1", "Filler/Counts#9"))) as heard:
        wait_for(lambda: len(heard.samples) >= 2)
    assert heard.values("Filler/Counts#1") == [6]
    assert heard.values("Filler/Counts#9") == [None]


def test_browse_shows_addresses_that_can_be_mapped_with_unit_and_meaning() -> None:
    async def described(plc) -> None:
        temp = plc.nodes[TEMP]
        await temp.write_attribute(
            ua.AttributeIds.Description,
            ua.DataValue(ua.Variant(ua.LocalizedText("hottest valve"), ua.VariantType.LocalizedText)),
        )
        await temp.add_property(0, "EngineeringUnits", ua.EUInformation(DisplayName=ua.LocalizedText("degC")))

    with Plc(free_port(), {**NAMES, "Odd#Name": 1}, prepare=described) as plc:
        offers = {o.address: o for o in asyncio.run(make(source(plc.url, STATE)).browse(100))}
        assert {STATE, TOTAL, TEMP} <= offers.keys()
        temp = offers[TEMP]
        assert (temp.type, temp.unit, temp.value, temp.meaning) == ("Double", "degC", 21.5, "hottest valve")
        odd = next(at for at, o in offers.items() if o.value == 1)
        assert odd.startswith(f"nsu={URI};")
        with listening(make(source(plc.url, odd))) as heard:
            wait_for(lambda: heard.samples)
    assert heard.values(odd) == [1]


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(Away, match="does not answer: is it on"):
        asyncio.run(make(source(f"opc.tcp://127.0.0.1:{free_port()}", STATE)).listen(lambda _: None))
