"""The demo as a user starts it: `python -m app demo` in a folder of its own, on a port of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
PATIENCE_S = 120
pytestmark = [pytest.mark.slow, pytest.mark.redis]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(what: Callable[[], object], why: str) -> object:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE_S} s: {why}")


class Demo:
    """A started demo and everybody it started."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.url = data, f"http://127.0.0.1:{port}"
        environ = os.environ | {
            "LINESIDE_DATA": str(data),
            "PORT": str(port),
            "LINESIDE_DEMO_PASSWORD": PASSWORD,
        }
        for name in ("REDIS_URL", "DATABASE_URL", "LINESIDE_PLANT", "LINESIDE_HOST", "LINESIDE_CONFIG"):
            environ.pop(name, None)
        self.log = data.parent / f"demo-{port}.txt"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "demo"],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def family(self) -> list[psutil.Process]:
        """Every process that this demo started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def signed_in(self, name: str) -> httpx.Client:
        client = httpx.Client(base_url=self.url, timeout=30, headers={"Origin": self.url})
        answer = client.post("/login", data={"username": name, "password": PASSWORD})
        assert answer.status_code in (302, 303), answer.text
        return client

    def has_live_number(self, client: httpx.Client) -> bool:
        """Whether the line's first snapshot shows a machine of which something is known."""
        with client.stream("GET", "/live/leipzig/bottling/line-1") as stream:
            assert stream.status_code == 200
            for text in stream.iter_lines():
                if text.startswith("data:"):
                    board = json.loads(text[5:])
                    return any(machine["state"]["said"] for machine in board["machines"])
        return False

    def end(self, number: int) -> list[psutil.Process]:
        """Send the signal and return who was there before it."""
        family = self.family()
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        return family


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    started: list[Demo] = []

    def _start() -> Demo:
        started.append(Demo(tmp_path / "data", free_port()))
        return started[-1]

    yield _start
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def living(family: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def names(family: list[psutil.Process]) -> str:
    return " ".join(" ".join(p.cmdline()) for p in family)


def test_the_demo_shows_a_live_number_and_a_second_start_keeps_what_the_first_knew(start) -> None:
    first = start()
    until(first.answers, "healthz")
    with closing(first.signed_in("operator")) as client:
        until(lambda: first.has_live_number(client), "a machine in a known state")
    before = (first.data / "secret_key").read_text()
    family = first.end(signal.SIGINT)
    assert first.process.returncode == 0, first.log.read_text()
    assert len(family) >= 6, names(family)
    assert not living(family), names(living(family))

    second = start()
    until(second.answers, "healthz")
    with closing(second.signed_in("manager")) as client:
        until(lambda: second.has_live_number(client), "a machine in a known state")
    assert (second.data / "secret_key").read_text() == before


def test_kill_9_of_the_demo_leaves_no_orphan(start) -> None:
    demo = start()
    until(demo.answers, "healthz")
    family = demo.end(signal.SIGKILL)
    assert len(family) >= 6, names(family)
    until(lambda: not living(family), f"orphans end: {names(living(family))}")


def test_what_dies_is_started_again(start) -> None:
    demo = start()
    until(demo.answers, "healthz")

    def engine() -> psutil.Process | None:
        return next((p for p in living(demo.family()) if p.cmdline()[-2:] == ["app", "engine"]), None)

    killed = until(engine, "an engine")
    killed.kill()
    until(lambda: (again := engine()) and again.pid != killed.pid, "another engine")


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = Demo(tmp_path / "data", taken.getsockname()[1])
        assert demo.process.wait(PATIENCE_S) == 2
    said = demo.log.read_text().splitlines()
    assert len(said) == 1
    assert said[0].startswith("PORT=")
