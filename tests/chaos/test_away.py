"""The event server away in every way there is, under load: what was made is what is told, nothing lost, nothing twice.

LINESIDE_AWAY_S asks for longer absences than the everyday ones (`make chaos`: 60 seconds).
"""

import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.domain.events.contract import Counted, Event
from app.streams.connection import ServerAway, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.health import Health
from app.streams.log import LineLog
from simulators.__main__ import RedisOutlet
from simulators.output import Sender
from tests.chaos.proxy import Wire
from tests.chaos.test_engine_chaos import EVENTS_PER_KILL, finish, recent_events, start_engine, until
from tests.engine.rig import LINE, put, told, totals

pytestmark = [pytest.mark.redis, pytest.mark.slow]
AWAY_S = float(os.environ.get("LINESIDE_AWAY_S", "1.5"))
CUTS = max(3, int(os.environ.get("LINESIDE_KILLS", "3")) // 10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path) as server:
        yield server


@contextmanager
def feeding(url: str, events: list[Event]) -> Iterator[Sender]:
    """A patient sender as the simulators and gateways have it, in a thread; it is done when this ends."""
    client = client_of(url)
    sender = Sender(RedisOutlet(LineLog(client), Health(client)), threading.Event().wait, rate=4_000)
    thread = threading.Thread(target=sender.send, args=([(LINE, event) for event in events],))
    thread.start()
    yield sender
    thread.join()
    assert sender.sent == len(events)


@contextmanager
def an_engine_on(url: str) -> Iterator[subprocess.Popen[bytes]]:
    engine = start_engine(url)
    try:
        yield engine
    finally:
        engine.kill()
        engine.wait()


def made(events: list[Event]) -> tuple[int, int]:
    counts = [event for event in events if isinstance(event, Counted)]
    return sum(event.good for event in counts), sum(event.reject for event in counts)


def judge(server: EmbeddedServer, engine: subprocess.Popen[bytes], events: list[Event]) -> None:
    """What is told of the machine and its line is what was made, and stays so after the engine has read to the end."""
    client = client_of(server.url)
    wanted = dict.fromkeys((f"{LINE}/machine", LINE), made(events))
    until(lambda: totals(told(client)) == wanted)
    finish(engine, client)
    assert totals(told(client)) == wanted


def waits(seconds: float) -> None:
    threading.Event().wait(seconds)


def test_a_server_that_stands_still_delays_and_loses_nothing(server: EmbeddedServer) -> None:
    events = recent_events(4 * EVENTS_PER_KILL)
    with an_engine_on(server.url) as engine:
        with feeding(server.url, events) as sender:
            until(lambda: sender.sent > 0)
            assert server.pid is not None
            os.kill(server.pid, signal.SIGSTOP)
            waits(AWAY_S)
            os.kill(server.pid, signal.SIGCONT)
        judge(server, engine, events)


def test_cut_off_again_and_again_while_feeding_everything_counts_once(server: EmbeddedServer, tmp_path: Path) -> None:
    events = recent_events(8 * EVENTS_PER_KILL)
    wire = Wire(server.url, tmp_path / "wire.sock")
    wire.mend()
    with an_engine_on(wire.url) as engine:
        with feeding(wire.url, events) as sender:
            for _ in range(CUTS):
                seen = sender.sent
                until(lambda seen=seen: sender.sent > seen or sender.sent == len(events))
                wire.cut()
                waits(AWAY_S / CUTS)
                wire.mend()
        judge(server, engine, events)


def test_a_full_disk_stops_the_intake_and_loses_nothing(server: EmbeddedServer, tmp_path: Path) -> None:
    """The server may write no longer (a file size limit, which it meets as it would meet a full disk)."""
    events = recent_events(6 * EVENTS_PER_KILL)
    client, before = client_of(server.url), events[: len(events) // 3]
    with an_engine_on(server.url) as engine:
        put(client, before)
        until(lambda: LineLog(client).facts_info(LINE).length > 0)
        log = max((tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof"), key=lambda f: f.stat().st_size)
        process = psutil.Process(server.pid)
        process.rlimit(psutil.RLIMIT_FSIZE, (log.stat().st_size + 4_096, resource.RLIM_INFINITY))
        with feeding(server.url, events[len(before) :]) as sender:
            until(lambda: refuses(server.url))
            seen = sender.sent
            waits(AWAY_S)
            assert sender.sent == seen < len(events) - len(before)
            process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        judge(server, engine, events)


def refuses(url: str) -> bool:
    try:
        client_of(url).set("probe", b"x" * 1_000)
    except Exception as error:  # noqa: BLE001 (what the client says is looked at)
        return "MISCONF" in str(error)
    return False


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000], ids=["forward", "backward"])
def test_a_source_whose_clock_steps_by_an_hour_loses_no_unit(server: EmbeddedServer, step_ms: int) -> None:
    before = recent_events(3 * EVENTS_PER_KILL)
    past = [_moved(event, -3 * 3_600_000) for event in before]
    third = len(past) // 3
    events = [*past[:third], *(_moved(event, step_ms) for event in past[third : 2 * third]), *past[2 * third :]]
    with an_engine_on(server.url) as engine:
        with feeding(server.url, events):
            pass
        judge(server, engine, events)


def _moved(event: Event, by_ms: int) -> Event:
    return type(event)(**{**{f: getattr(event, f) for f in event.__struct_fields__}, "t": event.t + by_ms})


def test_an_absent_server_is_said_to_be_away(server: EmbeddedServer) -> None:
    server.kill()
    with pytest.raises(ServerAway, match="Redis is away"):
        put(client_of(server.url), recent_events(1))
