"""A gateway process killed again and again goes on where it was: every observation is told, and told once."""

from pathlib import Path

import pytest

from app.domain.events.contract import Measured, StateChanged
from app.domain.interval import MINUTE_MS
from app.plantyaml import load_plant
from app.streams.connection import client_of
from simulators.servers.mtconnect import MtconnectOutlet
from tests.gateways.listening import wait_for
from tests.gateways.modbus.server import free_port
from tests.gateways.mtconnect.agent import Scripted, part, streams
from tests.gateways.mtconnect.test_lost import NOW, a_text, counted
from tests.gateways.mtconnect.test_simulated import text
from tests.gateways.sparkplug.plant import LINE, MONDAY_8, said_directly
from tests.gateways.sparkplug.test_simulated import Playing, Rest
from tests.gateways.test_process import Process, has_the_last_of_all, on_stream, readings

pytestmark = [pytest.mark.redis, pytest.mark.slow]
LENGTH = 30 * MINUTE_MS
PARTS = 4


def states(events) -> dict:
    """Each machine's states with their reasons by time."""
    found = {}
    for e in events:
        if isinstance(e, StateChanged):
            found.setdefault(e.machine, {})[e.t] = (e.state, e.reason)
    return found


def test_observations_made_while_it_was_dead_are_told_with_their_reasons(valkey_server, tmp_path: Path) -> None:
    client, file = client_of(valkey_server.url), tmp_path / "plant.yaml"
    client.flushall()
    file.write_text(text(f"http://127.0.0.1:{free_port()}"))
    plant = load_plant(file)
    said = said_directly(plant, LENGTH)
    with MtconnectOutlet(plant, Rest()) as outlet:
        playing = Playing(plant, outlet)
        for piece in range(1, PARTS + 1):
            gateway, before = Process(file, valkey_server.url), len(on_stream(client))
            wait_for(lambda before=before: len(on_stream(client)) > before, "the gateway never spoke")
            playing.play(MONDAY_8 + LENGTH * (2 * piece - 1) // (2 * PARTS))
            gateway.kill()
            playing.play(MONDAY_8 + LENGTH * piece // PARTS)
        playing.finish()
        gateway = Process(file, valkey_server.url)
        wait_for(lambda: has_the_last_of_all(client, said), "the last readings never came")
        assert gateway.end() == 0
    events = on_stream(client)
    assert sorted(e.seq for e in events) == list(range(1, len(events) + 1))
    assert readings(e for e in events if e.t) == readings(said)
    assert states(events) == states(said)


def test_an_increment_is_counted_once_however_often_the_gateway_is_killed(valkey_server, tmp_path: Path) -> None:
    client, file = client_of(valkey_server.url), tmp_path / "plant.yaml"
    client.flushall()
    documents = [streams(counted(n, n, "01:00"), following=n + 1) for n in range(3, 9)]
    with Scripted([NOW], [[part(document)] for document in documents], held={2: NOW}) as agent:
        file.write_text(a_text(agent.url, "delta"))
        for n in range(3, 9):
            gateway = Process(file, valkey_server.url)
            wait_for(lambda n=n: n in increments(client), f"the increment {n} never came")
            gateway.kill()
            assert f"from={n}" in agent.asked[-1]
    assert sorted(increments(client)) == list(range(3, 9))


def increments(client) -> list:
    return [e.value for e in on_stream(client) if isinstance(e, Measured) and e.machine == f"{LINE}/filler"]
