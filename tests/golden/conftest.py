"""A real event server and a rig on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.historian.database import migrate, open_database
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from tests.golden.rig import Rig, two_lines


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("valkey")) as made:
        yield made


@pytest.fixture
def rig(server: EmbeddedServer, tmp_path: Path) -> Iterator[Rig]:
    database, client = open_database(None, tmp_path), client_of(server.url)
    client.flushall()
    migrate(database)
    yield Rig(client, two_lines(), database)
    client.close()
    database.dispose()
