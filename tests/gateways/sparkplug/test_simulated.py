"""Simulated machines through a real broker say what they say without it, to the last unit, cut off or not."""

import dataclasses
import datetime as dt
import subprocess
import sys

import pytest

from app.domain.events import codec
from app.domain.events.contract import OrderChanged, StateChanged
from app.domain.interval import MINUTE_MS
from gateways.sparkplug.gateway import make
from simulators.servers.sparkplug import SparkplugOutlet
from simulators.traits import BadSimulation
from simulators.world import World
from tests.gateways.listening import Heard, listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.sparkplug.plant import FILLER, LINE, MONDAY_8, a_plant, said_directly, text

LENGTH = 90 * MINUTE_MS
STEP = 5 * MINUTE_MS
COUNTERS = {
    (f"{LINE}/{machine}", signal): f"Hall/Line-1/{address}"
    for machine, signal, address in (
        ("filler", "good_total", "Filler:Counts/Good"), ("filler", "reject_total", "Filler:Counts/Reject"),
        ("packer", "good_total", "Packer:Total"), ("packer", "reject_total", "Packer:Rejects"),
    )
}  # fmt: skip
STATES = {f"{LINE}/{m.lower()}": f"Hall/Line-1/{m}:Status/StateCurrent" for m in ("Filler", "Packer")}


class Rest:
    """Where people's words go."""

    def __init__(self) -> None:
        self.raws = []

    def send(self, raws) -> None:
        self.raws.extend(raws)

    def behind(self) -> int:
        return 0


class Playing:
    """The simulated line, played step by step through its edge node."""

    def __init__(self, plant, outlet) -> None:
        self._world, self._outlet, self._t = World(plant, 7, MONDAY_8, counters=True), outlet, MONDAY_8

    def play(self, until: int) -> None:
        while self._t < until:
            self._t = min(until, self._t + STEP)
            self._send(self._world.advance(self._t))

    def finish(self) -> None:
        self._send(self._world.finish())

    def _send(self, spoken) -> None:
        self._outlet.send([(line, codec.encode(event)) for line, event in spoken])


def directly(plant):
    """(what was said of each counter, what was said of each state) as sets of (t, value), without any gateway."""
    said = said_directly(plant, LENGTH)
    counts = {key: {(e.t, e.value) for e in said if (e.machine, getattr(e, "signal", None)) == key} for key in COUNTERS}
    states = {m: {(e.t, e.state) for e in said if e.machine == m and isinstance(e, StateChanged)} for m in STATES}
    return counts, states


def heard_of(heards, address: str) -> set:
    return {(s.t, s.value) for heard in heards for s in heard.samples if s.address == address and s.value is not None}


def has_everything(heards, plant) -> bool:
    counts, states = directly(plant)
    return all(heard_of(heards, COUNTERS[key]) >= said for key, said in counts.items()) and all(
        heard_of(heards, STATES[machine]) >= said for machine, said in states.items()
    )


def assert_same(heards, plant) -> None:
    """Each reading and each state came, and nothing else."""
    counts, states = directly(plant)
    assert min(len(said) for said in [*counts.values(), *states.values()]) > 5
    for key, said in counts.items():
        assert heard_of(heards, COUNTERS[key]) == said, key
    for machine, said in states.items():
        assert heard_of(heards, STATES[machine]) == said, machine


@pytest.mark.slow
def test_machines_through_sparkplug_say_what_they_say_without_it(broker) -> None:
    plant, rest = a_plant(broker.url), Rest()
    with SparkplugOutlet(plant, rest) as outlet, listening(make(plant.sources[0])) as heard:
        wait_for(lambda: heard.signs or heard.samples)
        playing = Playing(plant, outlet)
        playing.play(MONDAY_8 + LENGTH)
        playing.finish()
        wait_for(lambda: has_everything([heard], plant))
    assert_same([heard], plant)
    assert not any(s.stored for s in heard.samples)
    people = [codec.decode(raw) for _, raw in rest.raws]
    assert any(isinstance(e, OrderChanged) for e in people)
    assert all(e.source != "gw-1" for e in people)


@pytest.mark.slow
def test_a_gateway_that_was_away_and_a_broker_that_was_killed_change_no_total(broker) -> None:
    plant, heards = a_plant(broker.url), []
    with SparkplugOutlet(plant, Rest()) as outlet:
        playing = Playing(plant, outlet)
        with listening(make(plant.sources[0])) as heard:
            heards.append(heard)
            wait_for(lambda: heard.signs or heard.samples)
            playing.play(MONDAY_8 + LENGTH // 3)
            broker.kill()
            wait_for(lambda: heard.away)
        playing.play(MONDAY_8 + LENGTH // 2)
        broker.start()
        with listening(make(plant.sources[0])) as heard:
            heards.append(heard)
            wait_for(lambda: any(s.stored for s in heard.samples))
            playing.play(MONDAY_8 + 2 * LENGTH // 3)
        playing.play(MONDAY_8 + LENGTH)
        playing.finish()
        with listening(make(plant.sources[0])) as heard:
            heards.append(heard)
            wait_for(lambda: has_everything(heards, plant))
    assert_same(heards, plant)


def test_a_scaled_signal_is_served_so_that_the_mapping_gives_back_what_the_machine_said(broker) -> None:
    plant, heard = a_plant(broker.url), Heard()
    temps = {e.value for e in said_directly(plant, 10 * MINUTE_MS) if getattr(e, "signal", None) == "temp"}
    with SparkplugOutlet(plant, Rest()) as outlet, listening(make(plant.sources[0]), heard):
        wait_for(lambda: heard.signs or heard.samples)
        Playing(plant, outlet).play(MONDAY_8 + 10 * MINUTE_MS)
        wait_for(lambda: len(set(heard.values("Hall/Line-1/Filler:Temp")) - {None}) >= 10)
    served = [value for value in heard.values("Hall/Line-1/Filler:Temp") if value is not None]
    assert {round(value * 0.1 - 5, 6) for value in served} <= {round(value, 6) for value in temps}


@pytest.mark.slow
def test_the_command_serves_what_the_plant_file_maps_and_sends_the_rest_where_it_was_told(broker, tmp_path) -> None:
    plant, file, rest = a_plant(broker.url), tmp_path / "plant.yaml", tmp_path / "rest.jsonl"
    file.write_text(text(broker.url))
    command = [sys.executable, "-m", "simulators", file, "--as", "sparkplug", "--to", rest]
    at = dt.datetime.fromtimestamp(MONDAY_8 / 1000, dt.UTC).isoformat()
    with listening(make(plant.sources[0])) as heard:
        subprocess.run([*command, "--at", at, "--duration", "90min", "--speed", "1800"], check=True, timeout=60)
        wait_for(lambda: has_everything([heard], plant))
    assert_same([heard], plant)
    assert {codec.decode(line).source for line in rest.read_bytes().splitlines()} == {"panel-line-1"}
    refused = subprocess.run([*command, "--history", "1d"], capture_output=True, text=True)
    assert (refused.returncode, "--history" in refused.stderr) == (2, True)


def wrong(plant, **mapping):
    source = plant.sources[0]
    options = {**source.options, "mapping": {**source.options["mapping"], **mapping}}
    return dataclasses.replace(plant, sources=(dataclasses.replace(source, options=options),))


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"filler": {"signals": {"good_total": "Hall/Line-1/Filler:Good"}}}, f"{FILLER} maps no counter of reject"),
        ({"filler": {"state": "Hall/Line-1:State"}}, "group/edge node/device:metric"),
        ({"robot": {"state": "Hall/Line-1/Robot:State"}}, "one of its machines"),
        ({"filler": {"signals": {"temp": {"at": "Hall/Line-1/Filler:T", "scale": "ten"}}}}, "must be numbers"),
    ],
)
def test_what_cannot_be_served_is_refused_with_its_key(mapping, said) -> None:
    with pytest.raises(BadSimulation, match=said):
        SparkplugOutlet(wrong(a_plant("mqtt://127.0.0.1:1"), **mapping), Rest())


def test_a_plant_without_a_source_to_serve_is_refused() -> None:
    plant = dataclasses.replace(a_plant("mqtt://127.0.0.1:1"), sources=())
    with pytest.raises(BadSimulation, match="nothing to serve"):
        SparkplugOutlet(plant, Rest())


def test_a_broker_that_is_not_there_is_said_once_and_what_is_said_waits_for_it(caplog) -> None:
    port = free_port()
    with SparkplugOutlet(a_plant(f"mqtt://127.0.0.1:{port}"), Rest()):
        wait_for(lambda: "no broker answers at 127.0.0.1" in caplog.text, "nobody says that the broker is missing")
    assert [f"127.0.0.1:{port}" in record.getMessage() for record in caplog.records] == [True]
