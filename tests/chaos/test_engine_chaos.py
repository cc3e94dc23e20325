"""Kill -9 of real engines and of the real server at random moments under load: no total changes.

LINESIDE_KILLS asks for more kills than the everyday number (`make chaos`: 100).
"""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.streams.commit import Commits
from app.streams.connection import ServerAway, client_of
from app.streams.embedded import EmbeddedServer
from app.streams.log import LineLog, entry_key
from tests.engine.rig import LINE, put, reference, some_events, told, totals
from tests.makers import a_plant

pytestmark = [pytest.mark.redis, pytest.mark.slow]
KILLS = int(os.environ.get("LINESIDE_KILLS", "5"))
ROOT = Path(__file__).parents[2]
LONGEST_S = 60
EVENTS_PER_KILL = 400


@pytest.fixture
def server(tmp_path):
    with EmbeddedServer(tmp_path) as server:
        yield server


def recent_events(count):
    """Events that end about now, so that the engines' real clocks have no months of silence to account for."""
    return some_events(count, start=time.time_ns() // 1_000_000 - count * 1_000)


def start_engine(url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.chaos.engine_child", url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def until(condition, pause_s=0.02):
    """Poll until the condition holds; fail after a minute."""
    deadline = time.monotonic() + LONGEST_S
    pause = threading.Event()
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except ServerAway:
            pass
        pause.wait(pause_s)
    raise AssertionError("it did not happen within a minute")


def finish(engine, client):
    """Let the engine read to the end, stop it in good order, and see that it committed everything."""
    last = LineLog(client).info(LINE).last
    until(lambda: client.exists(f"lease:{{{LINE}}}"))
    engine.terminate()
    if engine.wait(LONGEST_S) != 0 or entry_key(Commits(client).read(LINE).position) < entry_key(last):
        engine = start_engine_of(client)
        until(lambda: client.exists(f"lease:{{{LINE}}}"))
        finish(engine, client)


def start_engine_of(client):
    path = client.connection_pool.connection_kwargs["path"]
    return start_engine(f"unix://{path}")


def expected(client):
    now = time.time_ns() // 1_000_000
    return totals(reference(client, a_plant(), now))


def test_engines_killed_at_random_moments_change_no_total(server):
    client, chance = client_of(server.url), random.Random(7)
    events = recent_events(KILLS * EVENTS_PER_KILL)
    for kill in range(KILLS):
        seen = LineLog(client).facts_info(LINE).length
        engine = start_engine(server.url)
        part = events[kill * EVENTS_PER_KILL :][:EVENTS_PER_KILL]
        cut = chance.randrange(EVENTS_PER_KILL)
        put(client, part[:cut])
        until(lambda seen=seen: LineLog(client).facts_info(LINE).length > seen + chance.randrange(3))
        put(client, part[cut:])
        engine.kill()
        engine.wait()
    finish(start_engine(server.url), client)
    assert totals(told(client)) == expected(client)


def test_a_server_killed_and_restarted_under_load_loses_nothing(server):
    client = client_of(server.url)
    engine = start_engine(server.url)
    events = recent_events(3 * EVENTS_PER_KILL)
    for kill in range(3):
        put(client, events[kill * EVENTS_PER_KILL :][:EVENTS_PER_KILL])
        seen = LineLog(client).facts_info(LINE).length
        until(lambda seen=seen: LineLog(client).facts_info(LINE).length > seen)
        server.kill()
        server.restart()
    finish(engine, client)
    assert totals(told(client)) == expected(client)


def test_a_paused_server_delays_and_loses_nothing(server):
    client = client_of(server.url)
    engine = start_engine(server.url)
    events = recent_events(2 * EVENTS_PER_KILL)
    put(client, events[:EVENTS_PER_KILL])
    until(lambda: LineLog(client).facts_info(LINE).length > 0)
    client.execute_command("CLIENT", "PAUSE", 1_500, "ALL")
    put(client, events[EVENTS_PER_KILL:])
    finish(engine, client)
    assert totals(told(client)) == expected(client)
