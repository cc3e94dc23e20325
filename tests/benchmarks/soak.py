"""A long day in short: python -m tests.benchmarks.soak [minutes]. The demo plant at 60 times real time, clean sources.

Prints the memory of each process over the run (MB at its quarters), the heap of a browser that looks on, and the
findings of the day. Bar: flat from the second quarter on, heap flat, no findings. Not part of `make bench`: it takes
as long as it is told, 15 minutes (15 hours of plant) without an argument.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from selenium import webdriver
from sqlalchemy import func, select

from app.auth.tokens import Token
from app.auth.users import Account, ensure_account
from app.domain.roles import Role
from app.historian.accounts import Accounts
from app.historian.database import Database, migrate, open_database
from app.historian.schema import findings
from app.live.snapshots import line_board
from app.plantyaml import load_plant
from app.streams.boards import RedisBoards
from app.streams.connection import client_of
from app.streams.embedded import EmbeddedServer
from tests.chaos.demo_process import PASSWORD, ROOT, free_port, until
from tests.screenshots import AREA, chromium, sign_in

SPEED, LOOKS = 60, 60
PLANT = ROOT / "plants" / "demo.yaml"
COLLECT = "if (window.gc) { gc(); } return performance.memory.usedJSHeapSize / 1e6;"


@contextmanager
def process(environ: dict[str, str], *command: str) -> Iterator[psutil.Process]:
    """Run `python -m COMMAND` until the end of the block."""
    log = Path(environ["LINESIDE_DATA"]) / f"{command[0]}-{command[1].rpartition('/')[2]}.log"
    with log.open("wb") as out:
        started = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=out, stderr=out)
    try:
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait(60)


def mb(one: psutil.Process) -> float:
    """Return the resident memory of a process, MB."""
    return float(one.memory_info().rss) / 1e6


def quarters(values: list[float]) -> str:
    """Return the mean of each quarter of a series, and how the last stands to the second."""
    size = max(1, len(values) // 4)
    means = [sum(part) / len(part) for part in (values[i : i + size] for i in range(0, size * 4, size)) if part]
    return " ".join(f"{mean:7.1f}" for mean in means) + f"   last / second {means[-1] / means[1]:.2f}"


def watch(minutes: float, processes: dict[str, psutil.Process], browser: webdriver.Chrome) -> dict[str, list[float]]:
    """Look at every memory now and then for so many minutes."""
    seen: dict[str, list[float]] = {name: [] for name in (*processes, "browser heap")}
    began = time.monotonic()
    for look in range(LOOKS):
        time.sleep(max(0.0, began + (look + 1) * minutes * 60 / LOOKS - time.monotonic()))
        for name, one in processes.items():
            seen[name].append(mb(one))
        seen["browser heap"].append(float(browser.execute_script(COLLECT)))
    return seen


def has_every_board(url: str) -> bool:
    """Return whether every line has been counted."""
    boards = RedisBoards(client_of(url))
    return all(line_board(boards, line.path) for line in load_plant(PLANT).lines())


def findings_in(database: Database) -> dict[str, int]:
    """Return how many findings of each kind history holds."""
    with database.connect() as connection:
        rows = connection.execute(select(findings.c.rule, func.count()).group_by(findings.c.rule))
        return {str(kind): int(count) for kind, count in rows}


def answers(port: int) -> bool:
    """Return whether the screens are there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(data: Path, minutes: float) -> None:
    """Run everything and print what was seen."""
    port, now_s = free_port(), time.time_ns() // 1_000_000_000
    at = datetime.fromtimestamp(now_s - (minutes + 1) * 60 * SPEED, UTC)
    database = open_database(None, data)
    migrate(database)
    ensure_account(Accounts(database, Account, Token), "manager", PASSWORD, Role.MANAGER, ("*",))
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(data))
        own = {"LINESIDE_DATA": str(data), "LINESIDE_PLANT": str(PLANT), "PORT": str(port), "REDIS_URL": server.url}
        environ = os.environ | own
        found = {name: stack.enter_context(process(environ, "app", name)) for name in ("engine", "historian", "web")}
        machines = (str(PLANT), "--speed", str(SPEED), "--at", at.isoformat(), "--dirty", "clean")
        found["simulators"] = stack.enter_context(process(environ, "simulators", *machines))
        until(lambda: has_every_board(server.url), "every line has a board")
        until(lambda: answers(port), "the screens answer")
        browser = chromium(data / "chromium")
        stack.callback(browser.quit)
        sign_in(browser, f"http://127.0.0.1:{port}", "manager")
        browser.get(f"http://127.0.0.1:{port}{AREA}")
        seen = watch(minutes, found, browser)
        print(f"{minutes:g} minutes at {SPEED} times real time: {minutes * SPEED / 60:g} hours of plant")
        for name, values in seen.items():
            print(f"{name:>12} MB {quarters(values)}")
        print(f"findings {findings_in(database)}")


def main() -> None:
    """Run as long as the argument says."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), float(sys.argv[1]) if len(sys.argv) > 1 else 15.0)


if __name__ == "__main__":
    main()
