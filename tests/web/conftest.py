from collections.abc import Iterator
from pathlib import Path

import pytest

from app.streams.embedded import EmbeddedServer
from tests.web.world import World


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(Path(tmp_path_factory.mktemp("valkey"))) as server:
        yield server


@pytest.fixture
def world(valkey: EmbeddedServer) -> Iterator[World]:
    made = World(valkey.url)
    made.redis.flushall()
    yield made
    made.redis.close()
