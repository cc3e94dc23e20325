"""The demo in one command: it shows a live number, leaves nobody behind, and keeps what it knew."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.domain.events import codec
from app.domain.events.contract import CountCorrected, Counted
from app.domain.interval import DAY_MS, HOUR_MS, Interval
from app.streams.connection import connect
from app.streams.log import START, LineLog
from tests.chaos.demo_process import COMMAND, PATIENCE_S, ROOT, Demo, free_port, living, names, until

MINIMAL = {"LINESIDE_PLANT": str(ROOT / "plants" / "minimal.yaml")}
LINE, COUNTER = "home/hall/line-1", "home/hall/line-1/packer"
pytestmark = [pytest.mark.slow, pytest.mark.redis]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def _start(**more: Any) -> Demo:
        started.append(Demo(tmp_path / "data", free_port(), **more))
        return started[-1]

    yield _start
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def test_the_demo_shows_a_live_number_and_ctrl_c_ends_everybody(start) -> None:
    demo = start()
    until(demo.answers, "healthz")
    with closing(demo.signed_in("operator")) as client:
        until(lambda: demo.has_live_number(client), "a machine in a known state")
    family = demo.end(signal.SIGINT)
    assert demo.process.returncode == 0, demo.log.read_text()
    assert len(family) >= 6, names(family)
    assert not living(family), names(living(family))


def told(data: Path, window: Interval) -> int:
    """Good units the counting machine was said to have made in the window, corrections of people included."""
    log = LineLog(connect(None, data))
    raws = log.read({LINE: START}, 10_000_000)[LINE].raws
    events = [e for e in map(codec.decode, raws) if isinstance(e, Counted | CountCorrected) and e.machine == COUNTER]
    at = [(e.t if isinstance(e, Counted) else e.made_at, e.good) for e in events]
    return sum(good for t, good in at if window.start < t <= window.end)


def rows(client: httpx.Client, window: Interval, by: str) -> list[dict[str, Any]]:
    asked = {"equipment": LINE, "from": window.start, "to": window.end, "by": by}
    answer = client.get("/api/v1/kpis", params=asked)
    return answer.json()["rows"] if answer.status_code == 200 else []


def accounted(client: httpx.Client, window: Interval) -> int:
    """Milliseconds of the window that SQL has an account of."""
    return sum(ms for row in rows(client, window, "total") for ms in row["buckets_ms"].values())


def test_a_start_after_a_stop_in_the_middle_of_history_shows_the_same_totals_to_the_last_millisecond(start) -> None:
    hour = time.time_ns() // 1_000_000 // HOUR_MS * HOUR_MS
    past = Interval(hour - 13 * DAY_MS, hour - 10 * DAY_MS)
    known = Interval(past.start, past.end + DAY_MS)
    first = start(environ=MINIMAL)
    until(first.answers, "healthz")
    with closing(first.signed_in("manager")) as client:
        until(lambda: accounted(client, known) == known.length, "four days are in SQL")
        before = [rows(client, past, by) for by in ("shift", "machine", "hour")]
    made = told(first.data, past)
    assert sum(row["good"] for row in before[0]) == made > 10_000
    key = (first.data / "secret_key").read_text()
    first.end(signal.SIGINT)

    second = start(environ=MINIMAL)
    until(second.answers, "healthz")
    with closing(second.signed_in("manager")) as client:
        assert [rows(client, past, by) for by in ("shift", "machine", "hour")] == before
        until(second.said_history_is_complete, "the rest of the two weeks is told")
        assert [rows(client, past, by) for by in ("shift", "machine", "hour")] == before
    assert told(second.data, past) == made
    assert (second.data / "secret_key").read_text() == key


def test_kill_9_of_the_demo_leaves_no_orphan(start) -> None:
    demo = start()
    until(demo.answers, "healthz")
    family = demo.end(signal.SIGKILL)
    assert len(family) >= 6, names(family)
    until(lambda: not living(family), f"orphans end: {names(living(family))}")


def test_a_background_job_that_was_told_to_ignore_ctrl_c_ends_by_it_with_everybody(start) -> None:
    """A shell without job control starts `command &` with SIGINT ignored; `kill -INT` must end it all the same."""
    shell = start(command=("/bin/sh", "-c", f"{' '.join(COMMAND)} & wait"))
    until(shell.answers, "healthz")
    family = shell.family()
    demo = next(p for p in family if p.ppid() == shell.process.pid)
    demo.send_signal(signal.SIGINT)
    shell.process.wait(PATIENCE_S)
    assert not living(family), names(living(family))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_make_run_leaves_nobody_behind_when_make_itself_is_ended(start, number: int) -> None:
    make = start(command=("make", "--no-print-directory", "-o", ".venv/.run", f"PY={sys.executable}", "run"))
    until(make.answers, "healthz")
    family = make.end(number)
    assert len(family) >= 7, names(family)
    until(lambda: not living(family), f"orphans end: {names(living(family))}")


def test_what_is_bound_to_a_parent_that_is_already_gone_does_not_begin(tmp_path: Path) -> None:
    """Killed between starting a child and the child's first line: the child must not live on for ever."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    begun = tmp_path / "begun"
    child = subprocess.run([sys.executable, "-m", "app.bound", str(gone.pid), "touch", str(begun)], cwd=ROOT)
    assert child.returncode == -signal.SIGTERM
    assert not begun.exists()


def test_what_dies_is_started_again(start) -> None:
    demo = start()
    until(demo.answers, "healthz")

    def engine() -> psutil.Process | None:
        return next((p for p in living(demo.family()) if names([p]).endswith(" app engine")), None)

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
