"""On a real server: events land on their line's stream; a server that is away is waited for."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.events import codec
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import START, LineLog

pytestmark = [pytest.mark.redis, pytest.mark.slow]
DEMO = Path("plants/demo.yaml").resolve()


def test_the_command_fills_the_streams_of_the_lines_in_order(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        command = [sys.executable, "-m", "simulators", str(DEMO), "--history", "3h", "--warm", "1h"]
        at = ["--at", "2026-11-24T12:00:00+00:00"]
        done = subprocess.run(
            [*command, *at], env={"REDIS_URL": server.url}, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        log = LineLog(client_of(server.url))
        lines = [f"leipzig/bottling/line-{n}" for n in (1, 2, 3, 4)]
        batches = log.read(dict.fromkeys(lines, START), 100_000)
        for line in lines:
            events = [codec.decode(raw) for raw in batches[line].raws]
            assert len(events) > 500
            assert all(e.machine.startswith(line) for e in events)
            assert [e.t for e in events] == sorted(e.t for e in events)
