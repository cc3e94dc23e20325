"""A real broker for the MQTT gateways."""

import pytest

from tests.gateways.mosquitto import Mosquitto, NoBroker


@pytest.fixture
def a_broker(tmp_path):
    """Start brokers: `a_broker(*options)`; all end with the test."""
    started = []

    def start(*options: str, **more) -> Mosquitto:
        folder = tmp_path / f"broker-{len(started)}"
        folder.mkdir()
        try:
            started.append(Mosquitto(folder, *options, **more).start())
        except NoBroker as error:
            pytest.skip(str(error))
        return started[-1]

    yield start
    for broker in started:
        broker.stop()


@pytest.fixture
def broker(a_broker):
    """One open broker."""
    return a_broker()
