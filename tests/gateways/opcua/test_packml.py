"""A machine that follows PackML is heard without a mapping, and counts to the last unit."""

import pytest

from app.domain.interval import MINUTE_MS
from app.plantyaml import parse_plant
from gateways.opcua.gateway import completed, make
from gateways.opcua.packml import DEFECTIVE, PROCESSED, REASON, STATE, Made, best, plain
from simulators.servers.opcua import OpcuaOutlet
from simulators.world import World
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.server import Plc
from tests.gateways.opcua.totals import events_of, made
from tests.gateways.sparkplug import plant as line
from tests.gateways.sparkplug.test_simulated import Playing, Rest


def a_plant(url: str, mapping: str = "", machines: str = "[filler, packer]"):
    """The line of the Sparkplug tests, its machines behind an OPC UA server."""
    head, _, _ = line.text("").partition("sources:\n")
    source = f"  - {{id: plc, gateway: opcua, url: {url}, publishing: 50ms, machines: {machines}{mapping}}}\n"
    return parse_plant(f"{head}sources:\n{source}")


def test_a_packml_machine_is_heard_without_a_mapping() -> None:
    names = {
        "Hall/Filler/Status/StateCurrent": 6, "Hall/Filler/Admin/ProdProcessedCount": [120],
        "Hall/Filler/Admin/ProdDefectiveCount": [20], "Hall/Filler/Admin/StopReason": 0,
        "Hall/Packer/Status/StateCurrent": 11, "Hall/Packer/Admin/ProdProcessedCount": 7,
    }  # fmt: skip
    with Plc(free_port(), names) as plc:
        plant = a_plant(plc.url)
        with listening(make(completed(plant, plant.sources[0]))) as heard:
            wait_for(lambda: heard.values("packml/packer/Good") and heard.values("packml/filler/Good"))
            plc.write("Hall/Filler/Admin/ProdDefectiveCount", [21])
            plc.write("Hall/Filler/Admin/ProdProcessedCount", [123])
            wait_for(lambda: 102 in heard.values("packml/filler/Good"))
            plc.write("Hall/Filler/Status/StateCurrent", 9)
            wait_for(lambda: "aborted" in heard.values("packml/filler/StateCurrent"))
    assert heard.values("packml/filler/Good") == [100, 100, 102]
    assert heard.values("packml/filler/Reject") == [20, 21]
    assert heard.values("packml/filler/StateCurrent") == ["execute", "aborted"]
    assert heard.values("packml/packer/StateCurrent") == ["held"]
    assert heard.values("packml/packer/Good") == [7]


def test_what_the_machines_do_not_have_is_bad_not_guessed() -> None:
    with Plc(free_port(), {"Hall/Robot/Status/StateCurrent": 6, "Hall/Robot/Admin/ProdProcessedCount": 1}) as plc:
        plant = a_plant(plc.url)
        with listening(make(completed(plant, plant.sources[0]))) as heard:
            wait_for(lambda: len(heard.samples) >= 8)
    assert {(s.value, s.status) for s in heard.samples} == {(None, "bad")}


def test_a_mapping_of_process_values_alone_is_completed_and_one_with_a_state_is_not() -> None:
    def mapped(mapping: str) -> dict:
        plant = a_plant("opc.tcp://x:4840", f", mapping: {mapping}")
        return completed(plant, plant.sources[0]).options["mapping"]

    values = mapped("{filler: {signals: {temp: A/Temp}}, packer: {state: A/State}}")
    assert values["filler"]["state"] == "packml/filler/StateCurrent"
    assert values["filler"]["signals"]["temp"] == "A/Temp"
    assert values["filler"]["signals"]["good_total"] == "packml/filler/Good"
    assert values["packer"] == {"state": "A/State"}
    assert "state" not in mapped("{filler: {signals: {good_total: A/Good}}}")["filler"]


def test_good_units_never_fall_while_the_two_counters_follow_each_other() -> None:
    total = Made()
    assert total.good({PROCESSED: 10}) is None
    told = [total.good({PROCESSED: p, DEFECTIVE: d}) for p, d in ((10, 1), (10, 2), (11, 2), (15, 2), (3, 2), (3, 0))]
    assert told == [9, 9, 9, 13, 1, 3]


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        (STATE, 6, "execute"),
        (STATE, "Aborted", "aborted"),
        (STATE, 99, "99"),
        (PROCESSED, [], None),
        (REASON, 0, None),
    ],
)
def test_packml_values_are_plain(name, said, expected) -> None:
    assert plain(name, said) == expected


def test_a_machine_is_one_object_or_none() -> None:
    assert best("filler-1", [("Hall", "Filler_1"), ("Hall", "Filler_2")]) == ("Hall", "Filler_1")
    assert best("press", [("Hall", "Filler")], is_only=True) == ("Hall", "Filler")
    assert best("press", [("Hall", "Filler")]) is None
    assert best("press", [("A", "Filler"), ("B", "Packer")]) is None
    assert best("filler", [("A", "Filler"), ("B", "Filler")]) is None


MAPPED = """, mapping: {
  filler: {state: Line/Filler/State, reason: Line/Filler/Reason,
           signals: {good_total: Line/Filler/Good, reject_total: Line/Filler/Bad,
                     temp: {at: "nsu=urn:plc;s=Temp", scale: 0.1, offset: -5}}}}"""


VALUES_ONLY = ', mapping: {filler: {signals: {temp: "nsu=urn:plc;s=Temp"}}}'


@pytest.mark.slow
@pytest.mark.parametrize("mapping", [MAPPED, VALUES_ONLY], ids=["mapped", "process values alone"])
def test_totals_through_the_server_are_those_of_the_machines(mapping) -> None:
    """The filler at addresses of the mapping, the packer by PackML; both count what they count directly."""
    length = 30 * MINUTE_MS
    plant = a_plant(f"opc.tcp://127.0.0.1:{free_port()}", mapping)
    source = completed(plant, plant.sources[0])
    directly = World(plant, 7, line.MONDAY_8, counters=True)
    expected = made(plant, [e for _, e in directly.advance(line.MONDAY_8 + length) + directly.finish()], length)
    rest = Rest()
    with OpcuaOutlet(plant, rest) as outlet, listening(make(source)) as heard:
        wait_for(lambda: len(heard.samples) >= 8)
        playing = Playing(plant, outlet)
        playing.play(line.MONDAY_8 + length)
        playing.finish()
        wait_for(lambda: made(plant, events_of(plant, source, heard.samples), length) == expected)
    assert all(good > 300 for good, _ in expected.values())
    assert any(isinstance(value, float) for value in heard.values("nsu=urn:plc;s=Temp"))
    assert rest.raws
