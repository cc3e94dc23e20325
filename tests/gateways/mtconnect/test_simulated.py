"""Simulated machines through an MTConnect agent count what they count directly."""

import pytest

from app.domain.interval import MINUTE_MS
from app.plantyaml import parse_plant
from gateways.mtconnect.gateway import make
from simulators.servers.mtconnect import MtconnectOutlet
from simulators.traits import BadSimulation
from simulators.world import World
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.totals import events_of, made
from tests.gateways.sparkplug import plant as line
from tests.gateways.sparkplug.test_simulated import Playing, Rest

MAPPING = """    mapping:
      filler:
        state: Filler/execution
        reason: Filler/why
        signals: {good_total: Filler/good, reject_total: Filler/bad, temp: {at: Filler/temp, scale: 0.1, offset: -5}}
      packer: {state: pstate, reason: pwhy, signals: {good_total: pgood, reject_total: pbad}}
"""


def text(url: str) -> str:
    """The file of a line of a filler and a packer, both devices of one agent."""
    head, _, _ = line.text("").partition("sources:\n")
    source = (
        f"  - id: plc\n    gateway: mtconnect\n    url: {url}\n    machines: [filler, packer]\n    interval: 20ms\n"
    )
    return f"{head}sources:\n{source}{MAPPING}"


def a_plant(url: str):
    """The plant of `text`."""
    return parse_plant(text(url))


@pytest.mark.slow
def test_totals_through_the_agent_are_those_of_the_machines() -> None:
    length = 60 * MINUTE_MS
    plant = a_plant(f"http://127.0.0.1:{free_port()}")
    source = plant.sources[0]
    directly = World(plant, 7, line.MONDAY_8, counters=True)
    expected = made(plant, [e for _, e in directly.advance(line.MONDAY_8 + length) + directly.finish()], length)
    with MtconnectOutlet(plant, Rest()) as outlet, listening(make(source)) as heard:
        wait_for(lambda: heard.samples)
        playing = Playing(plant, outlet)
        playing.play(line.MONDAY_8 + length)
        playing.finish()
        wait_for(lambda: made(plant, events_of(plant, source, heard.samples), length) == expected)
    assert all(good > 700 for good, _ in expected.values())


def test_what_cannot_be_served_is_refused_with_its_key() -> None:
    with pytest.raises(BadSimulation, match=r"sources\.plc\.url: must be http://host:port"):
        MtconnectOutlet(a_plant("https://agent"), Rest())
