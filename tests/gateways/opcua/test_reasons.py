"""A reason that changes with the state goes with it, whichever the server tells first."""

from app.domain.events.contract import StateChanged
from gateways.mapping import Mapper
from gateways.opcua.gateway import make
from tests.gateways.listening import listening, wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.opcua.server import Plc
from tests.gateways.opcua.test_packml import a_plant

NOW = 1_795_392_000_000
MAPPING = ", mapping: {filler: {state: A/State, reason: A/Why}}"


def test_a_reason_goes_with_the_state_of_its_moment() -> None:
    with Plc(free_port(), {"A/State": "4", "A/Why": ""}) as plc:
        plant = a_plant(plc.url, MAPPING, "[filler]")
        with listening(make(plant.sources[0])) as heard:
            wait_for(lambda: len(heard.samples) == 2)
            for at, state, why in ((NOW, "2", "jam"), (NOW + 60_000, "4", ""), (NOW + 90_000, "2", "sensor")):
                plc.write("A/State", state, t=at)
                plc.write("A/Why", why, t=at)
            wait_for(lambda: len(heard.samples) == 8)
    events = [e for _, e in Mapper(plant, plant.sources[0]).events(heard.samples, NOW) if isinstance(e, StateChanged)]
    assert [(e.state, e.reason) for e in events[1:]] == [("2", "jam"), ("4", None), ("2", "sensor")]
