"""A real Valkey for the tests that need one: one process per session, emptied before each test."""

import pytest

from app.streams.connection import Client, client_of
from app.streams.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory):
    """The embedded server of this test session."""
    with EmbeddedServer(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey(valkey_server) -> Client:
    """A client of an empty server."""
    client = client_of(valkey_server.url)
    client.flushall()
    yield client
    client.close()
