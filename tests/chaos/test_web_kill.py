"""kill -9 of the web worker: readers come back by themselves, and what was acknowledged is on the stream."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from app.streams.embedded import EmbeddedServer
from tests.sample_boards import LINE, NOW
from tests.web.world import PASSWORD, SAME, World

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("LINESIDE_KILLS", "3"))
DEADLINE_S = 60
pytestmark = [pytest.mark.redis, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def worker(url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.chaos.web_process", url, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(port)
        yield process
    finally:
        process.kill()
        process.wait()


class Sender(threading.Thread):
    """A client that sends one event after the other and tries again, with the same identity, until it is told."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.acknowledged: list[int] = []
        self.stop = threading.Event()

    def run(self) -> None:
        seq, client = 1, httpx.Client(base_url=self._address, timeout=10)
        while not self.stop.is_set():
            with suppress(httpx.HTTPError):
                if self._send(client, seq):
                    self.acknowledged.append(seq)
                    seq += 1
                    continue
            self.stop.wait(0.05)
        client.close()

    def _send(self, client: httpx.Client, seq: int) -> bool:
        event = {"kind": "heartbeat", "machine": "filler", "t": NOW, "source": "s", "epoch": 1, "seq": seq}
        answer = client.post("/api/v1/events", json=event, headers=SAME)
        if answer.status_code == 401:
            client.post("/login", data={"username": "engineer", "password": PASSWORD}, headers=SAME)
            return False
        return answer.status_code == 200 and answer.json()["quarantined"] == 0


def read_board(address: str, wanted: bytes) -> None:
    """Read the live channel, coming back after every break, until `wanted` arrives."""
    deadline = time.monotonic() + DEADLINE_S
    client = httpx.Client(base_url=address, timeout=10)
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            client.post("/login", data={"username": "engineer", "password": PASSWORD}, headers=SAME)
            with client.stream("GET", f"/live/{LINE}") as answer:
                for line in answer.iter_lines():
                    if line.encode() == b"data: " + wanted:
                        return
        time.sleep(0.05)
    raise AssertionError("the board never came")


def wait_for(sender: Sender, more: int) -> None:
    wanted, deadline = len(sender.acknowledged) + more, time.monotonic() + DEADLINE_S
    while len(sender.acknowledged) < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_worker_loses_nothing_acknowledged_and_its_readers_come_back(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as valkey:
        world, port = World(valkey.url), free_port()
        address = f"http://127.0.0.1:{port}"
        sender = Sender(address)
        sender.start()
        try:
            for kill in range(KILLS):
                with worker(valkey.url, port) as process:
                    wait_for(sender, 20)
                    read_board(address, world.publish(at=kill))
                    process.send_signal(signal.SIGKILL)
            with worker(valkey.url, port):
                read_board(address, world.publish(at=KILLS))
                wait_for(sender, 20)
        finally:
            sender.stop.set()
            sender.join(DEADLINE_S)
        seqs = [event["seq"] for event in world.events()]
        assert len(seqs) == len(set(seqs))
        assert set(sender.acknowledged) <= set(seqs)


def test_a_worker_asked_to_stop_goes_at_once_although_streams_are_open(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as valkey:
        world, port = World(valkey.url), free_port()
        board = world.publish()
        with worker(valkey.url, port) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            client.post("/login", data={"username": "engineer", "password": PASSWORD}, headers=SAME)
            with client.stream("GET", f"/live/{LINE}") as answer:
                lines = answer.iter_lines()
                next(line for line in lines if line.encode() == b"data: " + board)
                process.send_signal(signal.SIGTERM)
                assert "event: refused" not in list(lines)
            assert process.wait(DEADLINE_S) in (0, -signal.SIGTERM)
