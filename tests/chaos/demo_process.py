"""A demo as a user starts it: `python -m app demo` in a folder of its own, on a port of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
PATIENCE_S = 120
COMMAND = (sys.executable, "-m", "app", "demo")
OURS = ("REDIS_URL", "DATABASE_URL", "LINESIDE_PLANT", "LINESIDE_HOST", "LINESIDE_CONFIG")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(what: Callable[[], object], why: str, within_s: float = PATIENCE_S) -> object:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s} s: {why}")


def living(family: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [p for p in family if _lives(p)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def names(family: Sequence[psutil.Process]) -> str:
    return " | ".join(_name(p) for p in family)


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "(gone)"


class Demo:
    """A started demo and everybody it started. command: what starts it; environ: more of its environment."""

    def __init__(
        self, data: Path, port: int, *, command: Sequence[str] = COMMAND, environ: dict[str, str] | None = None
    ) -> None:
        self.data, self.url = data, f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        own = {"LINESIDE_DATA": str(data), "PORT": str(port), "LINESIDE_DEMO_PASSWORD": PASSWORD}
        self.log = data.parent / f"demo-{port}.txt"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=kept | own | (environ or {}),
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

    def said_history_is_complete(self) -> bool:
        """Whether the simulators have told the whole past."""
        log = self.data / "logs" / "history.log"
        return log.exists() and "history complete" in log.read_text()

    def end(self, number: int) -> list[psutil.Process]:
        """Send the signal and return who was there before it."""
        family = self.family()
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        return family
